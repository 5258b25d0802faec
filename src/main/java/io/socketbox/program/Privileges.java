package io.socketbox.program;

import io.socketbox.linux.Credentials;
import io.socketbox.linux.Errno;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.ThreadStatus;
import java.util.List;
import java.util.TreeSet;

/**
 * Gives up privileges, in every thread of the Java virtual machine, and makes sure of it.
 *
 * <p>User and groups change through the C library, which reaches all threads (nptl(7)). NO_NEW_PRIVS is carried to all of
 * them by a seccomp filter that allows everything. With {@code -u} to a user other than root the kernel then clears the capabilities
 * of every thread (capabilities(7)): none is needed, since sockets are bound and the configuration is open.
 *
 * <p>A process that stays root keeps CAP_DAC_OVERRIDE in its own threads, so that it can connect to the sockets of
 * daemons that run as other users, and one that was started as another user with capabilities keeps none. These reach
 * the calling thread and those that it starts afterwards, among them all that handle connections; the virtual machine's
 * collector and compiler keep what they were started with, because no call can take it from another thread.
 */
public final class Privileges {
    private static final long CAP_DAC_OVERRIDE = 1L << 1;

    private Privileges() {}

    /**
     * Changes root, and goes there.
     *
     * @param directory a byte string.
     * @throws SetupException when the kernel refuses.
     */
    public static void changeRoot(String directory) throws SetupException {
        try {
            Credentials.chroot(directory);
            FileCalls.chdir("/");
        } catch (LinuxException e) {
            String advice = e.errno() == Errno.EPERM ? "; it needs CAP_SYS_CHROOT: start as root" : "";
            throw new SetupException(e.getMessage() + advice, e);
        }
    }

    /**
     * Changes supplementary groups, group and user, in this order.
     *
     * @throws SetupException when the kernel refuses.
     */
    public static void change(PrivilegePlan plan) throws SetupException {
        try {
            if (plan.groups().isPresent()) {
                Credentials.setGroups(
                        plan.groups().get().stream().mapToInt(Integer::intValue).toArray());
            }
            if (plan.gid().isPresent()) {
                Credentials.setGid(plan.gid().getAsInt());
            }
            if (plan.uid().isPresent()) {
                Credentials.setUid(plan.uid().getAsInt());
            }
        } catch (LinuxException e) {
            String advice = e.errno() == Errno.EPERM
                    ? "; only root may change user and groups (-k leaves the supplementary groups alone)"
                    : "";
            throw new SetupException(e.getMessage() + advice, e);
        }
    }

    /** Drops the capabilities that serving connections does not need, and forbids to gain new ones by execve(2). */
    public static void restrict() {
        Credentials.keepCapabilities(Credentials.effectiveUid() == 0 ? CAP_DAC_OVERRIDE : 0);
        Credentials.setNoNewPrivileges();
        Credentials.carryNoNewPrivilegesToAllThreads();
    }

    /**
     * Compares every thread with what it should be, after {@link #change} and {@link #restrict}.
     *
     * @param plan what was changed.
     * @param threads all threads as the kernel sees them.
     * @throws SetupException when one differs; the process must not go on.
     */
    public static void verify(PrivilegePlan plan, List<ThreadStatus> threads) throws SetupException {
        for (ThreadStatus thread : threads) {
            require(thread, thread.noNewPrivileges(), "NO_NEW_PRIVS is not set");
        }
        verifyIdentity(plan, threads);
    }

    /**
     * The same for a program that starts others, which may have to gain privileges, and so is not restricted.
     *
     * @param plan what was changed.
     * @param threads all threads as the kernel sees them.
     * @throws SetupException when one differs; the process must not go on.
     */
    public static void verifyIdentity(PrivilegePlan plan, List<ThreadStatus> threads) throws SetupException {
        ThreadStatus first = threads.getFirst();
        for (ThreadStatus thread : threads) {
            require(thread, thread.uids().equals(first.uids()), "user ids are " + thread.uids());
            require(thread, thread.gids().equals(first.gids()), "group ids are " + thread.gids());
            require(thread, thread.groups().equals(first.groups()), "supplementary groups are " + thread.groups());
            if (plan.uid().isPresent()) {
                int uid = plan.uid().getAsInt();
                require(thread, thread.uids().stream().allMatch(id -> id == uid), "user ids are " + thread.uids());
                require(
                        thread,
                        uid == 0 || (thread.permitted() | thread.effective() | thread.ambient()) == 0,
                        "capabilities are left: " + Long.toHexString(thread.permitted()));
            }
            if (plan.gid().isPresent()) {
                int gid = plan.gid().getAsInt();
                require(thread, thread.gids().stream().allMatch(id -> id == gid), "group ids are " + thread.gids());
            }
            if (plan.groups().isPresent()) {
                require(
                        thread,
                        new TreeSet<>(thread.groups())
                                .equals(new TreeSet<>(plan.groups().get())),
                        "supplementary groups are " + thread.groups());
            }
        }
    }

    private static void require(ThreadStatus thread, boolean held, String found) throws SetupException {
        if (!held) {
            throw new SetupException("thread " + thread.threadId() + " (" + thread.name() + ") kept privileges: "
                    + found + "; not going on");
        }
    }
}
