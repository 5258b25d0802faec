package io.socketbox.linux;

import java.util.List;
import java.util.Optional;

/**
 * Who this process is and what it may do. Calls throw {@link LinuxException}.
 *
 * <p>setuid, setgid and setgroups go through the C library, which changes every thread (nptl(7)). The others reach the calling
 * thread only, where not said otherwise.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Credentials {
    private Credentials() {}

    /** getpwnam_r(3). */
    public static Optional<User> userByName(String name) {
        throw new UnsupportedOperationException();
    }

    /** getpwuid_r(3). */
    public static Optional<User> userById(int uid) {
        throw new UnsupportedOperationException();
    }

    /** getgrnam_r(3). */
    public static Optional<Group> groupByName(String name) {
        throw new UnsupportedOperationException();
    }

    public static int uid() {
        throw new UnsupportedOperationException();
    }

    public static int effectiveUid() {
        throw new UnsupportedOperationException();
    }

    public static int gid() {
        throw new UnsupportedOperationException();
    }

    public static int effectiveGid() {
        throw new UnsupportedOperationException();
    }

    /** setuid(2) of every thread. */
    public static void setUid(int uid) {
        throw new UnsupportedOperationException();
    }

    /** setgid(2) of every thread. */
    public static void setGid(int gid) {
        throw new UnsupportedOperationException();
    }

    /** setgroups(2) of every thread. */
    public static void setGroups(int... groups) {
        throw new UnsupportedOperationException();
    }

    /** chroot(2), for the whole process; the caller does {@code FileCalls.chdir("/")} next. */
    public static void chroot(String path) {
        throw new UnsupportedOperationException();
    }

    /** prctl(2) PR_SET_NO_NEW_PRIVS, for the calling thread and those it starts. */
    public static void setNoNewPrivileges() {
        throw new UnsupportedOperationException();
    }

    /** Carries the calling thread's NO_NEW_PRIVS to all threads. */
    public static void carryNoNewPrivilegesToAllThreads() {
        throw new UnsupportedOperationException();
    }

    /** Drops all capabilities of the calling thread except those of the mask, {@code 1L << CAP_...}. */
    public static void keepCapabilities(long mask) {
        throw new UnsupportedOperationException();
    }

    /** The privileges of every thread of this process. */
    public static List<ThreadStatus> threads() {
        throw new UnsupportedOperationException();
    }
}
