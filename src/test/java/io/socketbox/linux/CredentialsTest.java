package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    @TempDir
    private Path folder;

    /** Becomes nobody, the way a server does, and tells what all of its threads are then. */
    static final class BecomeNobody {
        public static void main(String[] args) {
            int threads = Credentials.threads().size();
            Credentials.setGroups(7, 9);
            Credentials.setGid(65_534);
            Credentials.setUid(65_533);
            Credentials.setNoNewPrivileges();
            System.out.println(count(ThreadStatus::noNewPrivileges) + " before");
            Credentials.carryNoNewPrivilegesToAllThreads();
            System.out.println((count(ThreadStatus::noNewPrivileges) >= threads) + " after");
            System.out.println(Credentials.uid() + " " + Credentials.effectiveUid());
            System.out.println(Credentials.gid() + " " + Credentials.effectiveGid());
            Credentials.threads().stream()
                    .map(t -> t.uids() + " " + t.gids() + " " + t.groups() + " " + t.effective() + " " + t.permitted()
                            + " " + t.noNewPrivileges() + " " + t.seccomp())
                    .distinct()
                    .forEach(System.out::println);
            try {
                Credentials.setUid(0);
            } catch (LinuxException e) {
                System.out.println(e.getMessage());
            }
        }

        private static long count(java.util.function.Predicate<ThreadStatus> property) {
            return Credentials.threads().stream().filter(property).count();
        }
    }

    @Test
    void allThreadsChangeIdentityAndCanGainNothing() throws Exception {
        assertEquals(
                List.of(
                        "1 before",
                        "true after",
                        "65533 65533",
                        "65534 65534",
                        "[65533, 65533, 65533, 65533] [65534, 65534, 65534, 65534] [7, 9] 0 0 true 2",
                        "setuid 0: EPERM (Operation not permitted)"),
                ChildJvm.run(BecomeNobody.class, folder));
    }

    /** Chroots into an empty directory, and reads its threads from there. */
    static final class Chroot {
        public static void main(String[] args) {
            try (TaskDirectory tasks = new TaskDirectory()) {
                tell();
                Credentials.chroot(args[0]);
                FileCalls.chdir("/");
                Credentials.setGroups();
                Credentials.setGid(65_534);
                Credentials.setUid(65_534);
                Set<List<Integer>> uids =
                        tasks.read().stream().map(ThreadStatus::uids).collect(Collectors.toSet());
                System.out.println(uids);
                tell();
            }
        }

        /** Once before, because no class can be loaded after. */
        private static void tell() {
            try {
                Descriptors.close(FileCalls.open("/etc/passwd", FileCalls.O_RDONLY, 0));
                FileCalls.open("/nosuch", FileCalls.O_RDONLY, 0);
            } catch (LinuxException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void threadsCanBeReadInAnEmptyChroot() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        assertEquals(
                List.of(
                        "open /nosuch: ENOENT (No such file or directory)",
                        "[[65534, 65534, 65534, 65534]]",
                        "open /etc/passwd: ENOENT (No such file or directory)"),
                ChildJvm.run(Chroot.class, folder, root.toString()));
    }

    /** Keeps one capability on its main thread. */
    static final class DropCapabilities {
        public static void main(String[] args) {
            Credentials.keepCapabilities(Capability.NET_ADMIN.mask() | Capability.SETUID.mask());
            Credentials.keepCapabilities(Capability.NET_ADMIN.mask() | Capability.NET_RAW.mask());
            int self = Integer.parseInt(FileCalls.readLink("/proc/thread-self").replaceAll(".*/", ""));
            for (ThreadStatus thread : Credentials.threads()) {
                if (thread.threadId() == self) {
                    System.out.println(thread.effective() == Capability.NET_ADMIN.mask());
                    System.out.println(thread.permitted() == Capability.NET_ADMIN.mask());
                    System.out.println(thread.inheritable() + " " + thread.ambient());
                }
            }
            try {
                Credentials.chroot("/tmp");
            } catch (LinuxException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void capabilitiesAreDroppedAndNoneIsGained() throws Exception {
        assertEquals(
                List.of("true", "true", "0 0", "chroot /tmp: EPERM (Operation not permitted)"),
                ChildJvm.run(DropCapabilities.class, folder));
    }

    @Test
    void threadsOfThisProcessAreRead() {
        List<ThreadStatus> threads = Credentials.threads();
        assertTrue(threads.size() > 5, () -> threads.toString());
        ThreadStatus main = threads.stream()
                .filter(thread -> thread.threadId() == Processes.pid())
                .findFirst()
                .orElseThrow();
        assertEquals(4, main.uids().size());
        assertEquals(Credentials.uid(), main.uids().get(0));
        assertEquals(Credentials.effectiveUid(), main.uids().get(1));
        assertEquals(Credentials.gid(), main.gids().get(0));
        assertFalse(main.noNewPrivileges());
        assertEquals(0, main.permitted() & ~main.bounding() & Capability.NET_ADMIN.mask());
    }

    @Test
    void statusIsParsedAsProcWritesIt() {
        assertEquals(
                new ThreadStatus(
                        42,
                        "a b",
                        List.of(1, -2, 3, 4),
                        List.of(5, 6, 7, 8),
                        List.of(),
                        1,
                        0xfL << 36,
                        0x400,
                        -1,
                        0,
                        true,
                        2),
                TaskDirectory.parse("""
                        Name:\ta b
                        Pid:\t42
                        Uid:\t1\t4294967294\t3\t4
                        Gid:\t5\t6\t7\t8
                        Groups:\t\s
                        CapInh:\t0000000000000001
                        CapPrm:\t000000f000000000
                        CapEff:\t0000000000000400
                        CapBnd:\tffffffffffffffff
                        CapAmb:\t0000000000000000
                        NoNewPrivs:\t1
                        Seccomp:\t2
                        """));
    }

    @Test
    void failuresSayCallArgumentsAndReason() {
        assertEquals(
                "chroot /nosuch: ENOENT (No such file or directory)",
                assertThrows(LinuxException.class, () -> Credentials.chroot("/nosuch"))
                        .getMessage());
        assertEquals(
                "setgroups to 70000 groups: EINVAL (Invalid argument)",
                assertThrows(LinuxException.class, () -> Credentials.setGroups(new int[70_000]))
                        .getMessage());
        assertEquals(
                "setgid 4294967295: EINVAL (Invalid argument)",
                assertThrows(LinuxException.class, () -> Credentials.setGid(-1)).getMessage());
    }
}
