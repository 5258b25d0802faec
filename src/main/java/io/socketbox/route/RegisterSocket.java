package io.socketbox.route;

import java.util.List;

/**
 * A socket at which receivers register, {@code register:PATH}, and the groups that may be joined there.
 *
 * @param path   a byte string of 1 to 107 bytes.
 * @param mode   permissions of the file; who may write may connect.
 * @param uid    the file's owner, or {@link #SAME}.
 * @param gid    the file's group, or {@link #SAME}.
 * @param groups no number twice.
 */
public record RegisterSocket(String path, int mode, int uid, int gid, List<Group> groups) {
    /** For an id that is to stay what it is. */
    public static final int SAME = -1;

    /** Copies the list. */
    public RegisterSocket {
        groups = List.copyOf(groups);
    }

    /**
     * A group and who may join it.
     *
     * @param number 32 bits, unsigned.
     * @param uids   users, unsigned; empty stands for root and the server's own user.
     */
    public record Group(int number, List<Integer> uids) {
        /** Copies the list. */
        public Group {
            uids = List.copyOf(uids);
        }
    }

    /** The group of that number, or null when it may not be joined here. */
    public Group group(int number) {
        for (Group group : groups) {
            if (group.number() == number) {
                return group;
            }
        }
        return null;
    }
}
