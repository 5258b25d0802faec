package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class FileCallsTest {
    /** A name that is no text in any encoding, to see that it is kept as bytes. */
    private static final String ODD_NAME = "/odd-\u00ff\u0080";

    private static void assertFails(String message, Executable call) {
        assertEquals(message, assertThrows(LinuxException.class, call).getMessage());
    }

    @Test
    void filesAreMadeReadAndRemoved(@TempDir Path folder) {
        String path = ByteStrings.of(folder.toString()) + ODD_NAME;
        int previous = FileCalls.umask(0);
        int fd;
        try {
            fd = FileCalls.open(path, FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_RDWR, 0640);
        } finally {
            assertEquals(0, FileCalls.umask(previous));
        }
        assertTrue(Descriptors.isCloseOnExec(fd));
        assertFails(
                "open " + ByteStrings.display(path) + ": EEXIST (File exists)",
                () -> FileCalls.open(path, FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_RDWR, 0640));
        Descriptors.write(fd, ByteStrings.bytes("one\n"));
        Descriptors.close(fd);

        int again = FileCalls.open(path, FileCalls.O_RDONLY, 0);
        assertEquals("one\n", ByteStrings.of(Descriptors.read(again, 100)));
        assertEquals(0, Descriptors.read(again, 100).length);
        FileStatus status = FileCalls.stat(path);
        assertTrue(status.isRegular());
        assertFalse(status.isDirectory());
        assertEquals(0640, status.permissions());
        assertEquals(FileCalls.fstat(again), status);
        Descriptors.close(again);

        FileCalls.chmod(path, 0604);
        assertEquals(0604, FileCalls.stat(path).permissions());
        FileCalls.chown(path, 12, 34);
        assertEquals(12, FileCalls.stat(path).uid());
        assertEquals(34, FileCalls.stat(path).gid());
        FileCalls.chown(path, -1, 56);
        assertEquals(12, FileCalls.stat(path).uid());
        FileCalls.unlink(path);
        assertFails(
                "stat " + ByteStrings.display(path) + ": ENOENT (No such file or directory)",
                () -> FileCalls.stat(path));
    }

    @Test
    void directoriesAndLinksAreToldApart(@TempDir Path folder) throws Exception {
        String directory = ByteStrings.of(folder.toString());
        Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
        Files.writeString(folder.resolve("target"), "text");
        assertTrue(FileCalls.stat(directory).isDirectory());
        assertEquals("target", FileCalls.readLink(directory + "/link"));
        assertFalse(FileCalls.lstat(directory + "/link").isRegular());
        assertTrue(FileCalls.stat(directory + "/link").isSameFile(FileCalls.stat(directory + "/target")));
        assertFails(
                "open " + directory + "/link: ELOOP (Too many levels of symbolic links)",
                () -> FileCalls.open(directory + "/link", FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW, 0));
        assertFails(
                "open " + directory + "/target: ENOTDIR (Not a directory)",
                () -> FileCalls.open(directory + "/target", FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0));

        int fd = FileCalls.open(directory, FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0);
        int inside = FileCalls.openAt(fd, "target", FileCalls.O_RDONLY, 0);
        assertEquals("text", ByteStrings.of(Descriptors.read(inside, 100)));
        assertEquals(
                java.util.List.of("link", "target"),
                DirectoryReader.names(fd).stream().sorted().toList());
        Descriptors.close(inside);
        Descriptors.close(fd);
    }

    @Test
    void manyEntriesAreListedCompletely(@TempDir Path folder) throws Exception {
        for (int i = 0; i < 1000; i++) {
            Files.createFile(folder.resolve("a-name-that-fills-the-buffer-" + i));
        }
        int fd = FileCalls.open(ByteStrings.of(folder.toString()), FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0);
        assertEquals(1000, DirectoryReader.names(fd).stream().distinct().count());
        assertEquals(1000, DirectoryReader.names(fd).size(), "and once more from the start");
        Descriptors.close(fd);
    }

    @Test
    void failuresSayCallArgumentsAndReason() {
        assertFails("chdir /nosuch: ENOENT (No such file or directory)", () -> FileCalls.chdir("/nosuch"));
        assertFails("chmod 644 /nosuch: ENOENT (No such file or directory)", () -> FileCalls.chmod("/nosuch", 0644));
        assertFails("chown 1:2 /nosuch: ENOENT (No such file or directory)", () -> FileCalls.chown("/nosuch", 1, 2));
        assertFails("lstat /nosuch: ENOENT (No such file or directory)", () -> FileCalls.lstat("/nosuch"));
        assertFails("fstat descriptor -1: EBADF (Bad file descriptor)", () -> FileCalls.fstat(-1));
        assertFails("readlink /proc: EINVAL (Invalid argument)", () -> FileCalls.readLink("/proc"));
        assertFails("unlink /nosuch: ENOENT (No such file or directory)", () -> FileCalls.unlink("/nosuch"));
        assertEquals(
                "a NUL byte inside /etc?x",
                assertThrows(IllegalArgumentException.class, () -> FileCalls.unlink("/etc\0x"))
                        .getMessage());
    }
}
