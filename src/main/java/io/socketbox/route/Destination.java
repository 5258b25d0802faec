package io.socketbox.route;

import java.util.List;

/**
 * Where a rule sends a connection. Paths and names are byte strings: each char is one byte (ISO-8859-1), as they stood
 * in the configuration or on the command line.
 *
 * <p>Where there is a {@code hashCode}, it says what a record's own would: that one is linked when it is first used, which
 * takes milliseconds of every start.
 */
public sealed interface Destination {

    /** A UNIX socket in the file system, {@code jump-unix:PATH}; 1 to 107 bytes, unix(7). */
    record UnixSocket(String path) implements Destination {
        @Override
        public int hashCode() {
            return path.hashCode();
        }
    }

    /** A UNIX socket in the abstract namespace, {@code jump-abstract:NAME}; 1 to 107 bytes without the leading NUL. */
    record AbstractSocket(String name) implements Destination {
        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /** A descriptor that was open when the program started, {@code jump-fd:N}; it stays owned by the process. */
    record InheritedDescriptor(int fd) implements Destination {}

    /**
     * A path with at least one of {@code #//0_} to {@code #//7_} (the sixteen-bit words of the local address) and
     * {@code #//P_} (the local port). The first occurrence of each stands for five decimal digits, so that the path of
     * every connection has the pattern's length.
     */
    record PathTemplate(String pattern) implements Destination {

        /** Whether a path has something in it to substitute. */
        public static boolean isTemplate(String path) {
            for (int at = path.indexOf("#//"); at >= 0; at = path.indexOf("#//", at + 1)) {
                if (at + 4 < path.length()
                        && path.charAt(at + 4) == '_'
                        && "01234567P".indexOf(path.charAt(at + 3)) >= 0) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * The receivers that have registered for a group, {@code jump-group:N}.
     *
     * @param number 32 bits, unsigned.
     */
    record Group(int number, Balance balance) implements Destination {}

    /**
     * Several sockets that take turns, {@code jump-pool:NAME}.
     *
     * @param name    as it stood in the configuration.
     * @param members at least one; no two of them are the same socket.
     */
    record Pool(String name, Balance balance, List<Member> members) implements Destination {
        /** Copies the list. */
        public Pool {
            members = List.copyOf(members);
        }
    }

    /**
     * One socket of a pool.
     *
     * @param socket a {@link UnixSocket} or an {@link AbstractSocket}.
     * @param weight at least 1; twice the weight is twice the connections.
     */
    record Member(Destination socket, int weight) {}

    /** How a group or pool chooses among its members. */
    enum Balance {
        /** In turn. */
        ROUND_ROBIN("round-robin"),
        /** The one to which least was sent that it has not received yet. */
        LEAST_PENDING("least-pending"),
        /** By the client's address. */
        SOURCE("source");

        private final String word;

        Balance(String word) {
            this.word = word;
        }

        /** As it stands in the configuration. */
        public String word() {
            return word;
        }
    }
}
