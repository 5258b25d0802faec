package io.socketbox.program;

import io.socketbox.linux.User;

/**
 * A user and a group, as in {@code USER:GROUP}.
 *
 * @param name the user's, as a byte string; null when it was given as a number.
 * @param uid of the user, or {@link #NONE} when none is given.
 * @param gid of the group, or of the named user where no group is given, or {@link #NONE}.
 */
public record Account(String name, int uid, int gid) {
    /** In place of an id that was not given; ids are unsigned, and no id is this. */
    public static final int NONE = -1;

    /**
     * Reads and looks up {@code USER}, {@code USER:GROUP} or {@code :GROUP}; both may be numbers.
     *
     * @param option what it is the value of, for messages.
     * @param text a byte string.
     * @throws SetupException when there is no such user or group.
     */
    public static Account read(String option, String text) throws SetupException {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        String group = colon < 0 ? "" : text.substring(colon + 1);
        if (user.isEmpty() && group.isEmpty()) {
            throw new SetupException(option + " needs USER, USER:GROUP or :GROUP");
        }
        User found = user.isEmpty() ? new User(null, NONE, NONE) : PrivilegePlan.user(option, user);
        int gid = group.isEmpty() ? found.gid() : PrivilegePlan.groupId(option, group);
        return new Account(found.name(), found.uid(), gid);
    }
}
