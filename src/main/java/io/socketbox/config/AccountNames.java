package io.socketbox.config;

import java.util.OptionalInt;

/** Looks up the names of users and groups that a configuration may have. Names are byte strings, ids unsigned. */
public interface AccountNames {
    /** Knows nobody, so that ids have to be numbers. */
    AccountNames NONE = new AccountNames() {
        @Override
        public OptionalInt user(String name) {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt group(String name) {
            return OptionalInt.empty();
        }
    };

    /** The id of a user, or nothing where there is none of that name. */
    OptionalInt user(String name);

    /** The id of a group, or nothing where there is none of that name. */
    OptionalInt group(String name);
}
