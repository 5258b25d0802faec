package io.socketbox.program;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Group;
import io.socketbox.linux.ThreadStatus;
import io.socketbox.linux.User;
import io.socketbox.linux.UserDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Who to become: {@code -u}, {@code -g}, {@code -G} and {@code -k} with their names looked up, which has to happen before
 * chroot(2).
 *
 * @param uid the user id to take, if any.
 * @param gid the group id to take, if any.
 * @param groups the supplementary groups to keep, perhaps none; empty to leave them alone.
 */
public record PrivilegePlan(OptionalInt uid, OptionalInt gid, Optional<List<Integer>> groups) {
    /** The greatest id; 4294967295 is setuid(2)'s "no change". */
    private static final long MAX_ID = 0xffff_fffeL;

    /** Whether anything is to change. */
    public boolean changesIdentity() {
        return uid.isPresent() || gid.isPresent() || groups.isPresent();
    }

    /**
     * Looks up what the options name; each may be null.
     *
     * @param user of {@code -u}, a name or a number.
     * @param group of {@code -g}.
     * @param groups of {@code -G}, a comma list.
     * @param keepGroups whether {@code -k} is given.
     * @throws SetupException when there is no such user or group.
     */
    public static PrivilegePlan resolve(String user, String group, String groups, boolean keepGroups)
            throws SetupException {
        OptionalInt uid = OptionalInt.empty();
        OptionalInt gid = OptionalInt.empty();
        if (group != null) {
            gid = OptionalInt.of(groupId("-g", group));
        }
        if (user != null) {
            User account = user("-u", user);
            uid = OptionalInt.of(account.uid());
            if (gid.isEmpty() && account.name() != null) {
                gid = OptionalInt.of(account.gid());
            }
        }
        return new PrivilegePlan(uid, gid, groups(groups, gid.isPresent() && !keepGroups));
    }

    private static Optional<List<Integer>> groups(String groups, boolean clear) throws SetupException {
        if (groups == null) {
            return clear ? Optional.of(List.of()) : Optional.empty();
        }
        List<Integer> kept = new ArrayList<>();
        for (String group : groups.split(",", -1)) {
            if (!group.isEmpty()) {
                kept.add(groupId("-G", group));
            }
        }
        return Optional.of(kept);
    }

    /** The user that a name or a number stands for; a number's has no name. */
    static User user(String option, String text) throws SetupException {
        OptionalLong number = Quantity.cLiteral(text);
        if (number.isPresent()) {
            return new User(null, id(option, text, number.getAsLong()), -1);
        }
        return UserDatabase.userByName(text).orElseThrow(() -> unknown(option, "user", text));
    }

    /** The group that a name or a number stands for. */
    static int groupId(String option, String group) throws SetupException {
        OptionalLong number = Quantity.cLiteral(group);
        if (number.isPresent()) {
            return id(option, group, number.getAsLong());
        }
        Optional<Group> entry = UserDatabase.groupByName(group);
        return entry.orElseThrow(() -> unknown(option, "group", group)).gid();
    }

    private static int id(String option, String text, long id) throws SetupException {
        if (id > MAX_ID) {
            throw new SetupException(option + " " + text + ": ids go up to " + MAX_ID);
        }
        return (int) id;
    }

    private static SetupException unknown(String option, String what, String name) {
        return new SetupException(option + " " + ByteStrings.display(name) + ": there is no such " + what + "; `getent "
                + (what.equals("user") ? "passwd" : "group") + "` lists them");
    }

    /**
     * What of it still has to be done. A server that takes over from one that has changed its user is that user already,
     * and so may change nothing; nor has it to.
     *
     * @param now of a thread; all have the same ids.
     */
    public PrivilegePlan remaining(ThreadStatus now) {
        boolean uidIs = uid.isPresent() && now.uids().stream().allMatch(id -> id == uid.getAsInt());
        boolean gidIs = gid.isPresent() && now.gids().stream().allMatch(id -> id == gid.getAsInt());
        boolean groupsAre = groups.isPresent() && new TreeSet<>(groups.get()).equals(new TreeSet<>(now.groups()));
        return new PrivilegePlan(
                uidIs ? OptionalInt.empty() : uid,
                gidIs ? OptionalInt.empty() : gid,
                groupsAre ? Optional.empty() : groups);
    }

    /** Whether anything changes at all. */
    public boolean isEmpty() {
        return uid.isEmpty() && gid.isEmpty() && groups.isEmpty();
    }
}
