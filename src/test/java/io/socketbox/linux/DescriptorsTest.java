package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DescriptorsTest {
    private final List<Integer> opened = new ArrayList<>();
    private int reading;
    private int writing;

    @BeforeEach
    void openPipe() {
        int[] pipe = Descriptors.pipe();
        reading = pipe[0];
        writing = pipe[1];
        opened.add(reading);
        opened.add(writing);
    }

    @AfterEach
    void closeAll() {
        opened.stream().filter(Descriptors::isOpen).forEach(Descriptors::close);
    }

    private static void assertFails(String message, Executable call) {
        assertEquals(message, assertThrows(LinuxException.class, call).getMessage());
    }

    @Test
    void flagsAreSetAndCleared() {
        assertTrue(Descriptors.isCloseOnExec(reading));
        Descriptors.setCloseOnExec(reading, false);
        assertFalse(Descriptors.isCloseOnExec(reading));
        Descriptors.setCloseOnExec(reading, true);
        assertTrue(Descriptors.isCloseOnExec(reading));

        assertFalse(Descriptors.isNonBlocking(reading));
        Descriptors.setNonBlocking(reading, true);
        assertTrue(Descriptors.isNonBlocking(reading));
        assertFails(
                "read descriptor " + reading + ": EAGAIN (Resource temporarily unavailable)",
                () -> Descriptors.read(reading, 1));
        Descriptors.setNonBlocking(reading, false);
        assertFalse(Descriptors.isNonBlocking(reading));
    }

    @Test
    void copiesAreTheSameFile() {
        int copy = Descriptors.dup(writing);
        opened.add(copy);
        assertFalse(Descriptors.isCloseOnExec(copy));
        int high = Descriptors.dupFrom(writing, 500);
        opened.add(high);
        assertTrue(high >= 500);
        assertTrue(Descriptors.isCloseOnExec(high));
        Descriptors.dup3(writing, high, false);
        assertFalse(Descriptors.isCloseOnExec(high));
        for (int fd : new int[] {writing, copy, high}) {
            Descriptors.write(fd, new byte[] {(byte) fd});
            assertArrayEquals(new byte[] {(byte) fd}, Descriptors.read(reading, 10));
        }
    }

    @Test
    void aWriteLargerThanThePipeGoesThroughCompletely() throws InterruptedException {
        byte[] large = new byte[1_000_000];
        Thread writer = new Thread(() -> {
            Descriptors.write(writing, large);
            Descriptors.close(writing);
        });
        writer.start();
        long total = 0;
        int length = Descriptors.read(reading, 65_536).length;
        while (length > 0) {
            total += length;
            length = Descriptors.read(reading, 65_536).length;
        }
        writer.join();
        assertEquals(large.length, total);
    }

    @Test
    void aRangeCanBeMarkedToCloseOnExec() {
        int low = Descriptors.dupFrom(reading, 900);
        int middle = Descriptors.dupFrom(reading, low + 1);
        int high = Descriptors.dupFrom(reading, middle + 1);
        List<Integer> all = List.of(low, middle, high);
        opened.addAll(all);
        all.forEach(fd -> Descriptors.setCloseOnExec(fd, false));
        Descriptors.closeOnExecRange(low, middle);
        assertTrue(Descriptors.isCloseOnExec(low));
        assertTrue(Descriptors.isCloseOnExec(middle));
        assertFalse(Descriptors.isCloseOnExec(high));
    }

    @Test
    void openDescriptorsAreListed() {
        var list = Descriptors.list();
        assertTrue(list.get(reading).startsWith("pipe:["), () -> list.toString());
        assertEquals(list.get(reading), list.get(writing));
        list.keySet().forEach(fd -> assertTrue(Descriptors.isOpen(fd), () -> fd + " of " + list));
        Descriptors.close(writing);
        assertFalse(Descriptors.isOpen(writing));
        assertFalse(Descriptors.list().containsKey(writing));
    }

    @Test
    void limitsAreReadAndSet() {
        DescriptorLimit before = Descriptors.limit();
        assertTrue(before.soft() > 100 && before.soft() <= before.hard(), () -> before.toString());
        DescriptorLimit lower = new DescriptorLimit(before.soft() - 1, before.hard());
        Descriptors.setLimit(lower);
        assertEquals(lower, Descriptors.limit());
        Descriptors.setLimit(before);
        assertFails(
                "setrlimit RLIMIT_NOFILE 2:1: EINVAL (Invalid argument)",
                () -> Descriptors.setLimit(new DescriptorLimit(2, 1)));
    }

    @Test
    void failuresSayCallArgumentsAndReason() {
        assertFails("close descriptor -1: EBADF (Bad file descriptor)", () -> Descriptors.close(-1));
        assertFails("dup descriptor -1: EBADF (Bad file descriptor)", () -> Descriptors.dup(-1));
        assertFails("dup descriptor -1 from 5 on: EBADF (Bad file descriptor)", () -> Descriptors.dupFrom(-1, 5));
        assertFails(
                "dup descriptor " + reading + " to " + reading + ": EINVAL (Invalid argument)",
                () -> Descriptors.dup3(reading, reading, true));
        assertFails("fcntl F_GETFD of descriptor -1: EBADF (Bad file descriptor)", () -> Descriptors.isCloseOnExec(-1));
        assertFails(
                "fcntl F_GETFL of descriptor -1: EBADF (Bad file descriptor)",
                () -> Descriptors.setNonBlocking(-1, true));
        assertFails("write to eventfd -1: EBADF (Bad file descriptor)", () -> Descriptors.signalEventFd(-1));
        assertFails("close_range 5 to 4: EINVAL (Invalid argument)", () -> Descriptors.closeOnExecRange(5, 4));
        Descriptors.close(reading);
        assertFails(
                "write 2 bytes to descriptor " + writing + ": EPIPE (Broken pipe)",
                () -> Descriptors.write(writing, new byte[2]));
    }
}
