package io.socketbox.route;

/**
 * Where a rule sends a connection. Paths and names are byte strings: each char is one byte (ISO-8859-1), as they stood
 * in the configuration or on the command line.
 */
public sealed interface Destination {

    /** A UNIX socket in the file system, {@code jump-unix:PATH}; 1 to 107 bytes, unix(7). */
    record UnixSocket(String path) implements Destination {}

    /** A UNIX socket in the abstract namespace, {@code jump-abstract:NAME}; 1 to 107 bytes without the leading NUL. */
    record AbstractSocket(String name) implements Destination {}

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
}
