package io.socketbox.server;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Group;
import io.socketbox.linux.User;
import io.socketbox.linux.UserDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Who to become: {@code -u}, {@code -g}, {@code -G} and {@code -k} with their names looked up, which has to happen before
 * chroot(2).
 *
 * @param uid the user id to take, if any.
 * @param gid the group id to take, if any.
 * @param groups the supplementary groups to keep, perhaps none; empty to leave them alone.
 */
record PrivilegePlan(OptionalInt uid, OptionalInt gid, Optional<List<Integer>> groups) {
    /** The greatest id; 4294967295 is setuid(2)'s "no change". */
    private static final long MAX_ID = 0xffff_fffeL;

    /**
     * Looks up what the options name.
     *
     * @throws SetupException when there is no such user or group.
     */
    static PrivilegePlan resolve(ServerOptions options) throws SetupException {
        OptionalInt uid = OptionalInt.empty();
        OptionalInt gid = OptionalInt.empty();
        if (options.group() != null) {
            gid = OptionalInt.of(groupId(ServerOption.GROUP, options.group()));
        }
        if (options.user() != null) {
            OptionalLong number = Quantity.cLiteral(options.user());
            if (number.isPresent()) {
                uid = OptionalInt.of(id(ServerOption.USER, options.user(), number.getAsLong()));
            } else {
                User user = UserDatabase.userByName(options.user())
                        .orElseThrow(() -> unknown("-u", "user", options.user()));
                uid = OptionalInt.of(user.uid());
                gid = gid.isPresent() ? gid : OptionalInt.of(user.gid());
            }
        }
        return new PrivilegePlan(uid, gid, groups(options, gid.isPresent()));
    }

    private static Optional<List<Integer>> groups(ServerOptions options, boolean groupChanges) throws SetupException {
        if (options.groups() == null) {
            return groupChanges && !options.keepGroups() ? Optional.of(List.of()) : Optional.empty();
        }
        List<Integer> kept = new ArrayList<>();
        for (String group : options.groups().split(",", -1)) {
            if (!group.isEmpty()) {
                kept.add(groupId(ServerOption.GROUPS, group));
            }
        }
        return Optional.of(kept);
    }

    private static int groupId(ServerOption option, String group) throws SetupException {
        OptionalLong number = Quantity.cLiteral(group);
        if (number.isPresent()) {
            return id(option, group, number.getAsLong());
        }
        Optional<Group> entry = UserDatabase.groupByName(group);
        return entry.orElseThrow(() -> unknown(option.shown(), "group", group)).gid();
    }

    private static int id(ServerOption option, String text, long id) throws SetupException {
        if (id > MAX_ID) {
            throw new SetupException(option.shown() + " " + text + ": ids go up to " + MAX_ID);
        }
        return (int) id;
    }

    private static SetupException unknown(String option, String what, String name) {
        return new SetupException(option + " " + ByteStrings.display(name) + ": there is no such " + what + "; `getent "
                + (what.equals("user") ? "passwd" : "group") + "` lists them");
    }

    /** Whether anything changes at all. */
    boolean isEmpty() {
        return uid.isEmpty() && gid.isEmpty() && groups.isEmpty();
    }
}
