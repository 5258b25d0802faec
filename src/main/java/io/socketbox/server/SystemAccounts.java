package io.socketbox.server;

import io.socketbox.config.AccountNames;
import io.socketbox.linux.Group;
import io.socketbox.linux.User;
import io.socketbox.linux.UserDatabase;
import java.util.OptionalInt;

/** The users and groups of the system; after {@code -x}, those of the new root. */
final class SystemAccounts implements AccountNames {
    @Override
    public OptionalInt user(String name) {
        return UserDatabase.userByName(name).map(User::uid).map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    @Override
    public OptionalInt group(String name) {
        return UserDatabase.groupByName(name)
                .map(Group::gid)
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }
}
