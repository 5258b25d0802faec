package io.socketbox.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorReceiverTest {
    @TempDir
    Path folder;

    private final HotCalls calls = new HotCalls(1);
    private final int sender = Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
    private Path file;
    private String path;
    private int openBefore;

    @BeforeEach
    void countDescriptors() {
        file = folder.resolve("s");
        path = ByteStrings.of(file.toString());
        openBefore = Descriptors.list().size();
    }

    @AfterEach
    void nothingLeaks() {
        assertEquals(
                openBefore, Descriptors.list().size(), () -> Descriptors.list().toString());
        Descriptors.close(sender);
        calls.close();
    }

    /** Sends one end of a new socket pair with {@code mark} in its buffer. */
    private void send(String mark) {
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.STREAM);
        Descriptors.write(pair[1], mark.getBytes(StandardCharsets.UTF_8));
        Descriptors.close(pair[1]);
        sendAndClose(pair[0]);
    }

    private void sendAndClose(int fd) {
        assertEquals(1, calls.sendDescriptor(sender, fd), () -> Errno.describe(calls.errno()));
        Descriptors.close(fd);
    }

    private static String receiveMark(DescriptorReceiver receiver) {
        int fd = receiver.receive();
        assertTrue(fd >= 0 && Descriptors.isCloseOnExec(fd), "descriptor " + fd);
        String mark = new String(Descriptors.read(fd, 100), StandardCharsets.UTF_8);
        Descriptors.close(fd);
        return mark;
    }

    @Test
    void givesConnectionsInOrderAndPassesOverTheRest() {
        try (DescriptorReceiver receiver = DescriptorReceiver.bind(path)) {
            assertEquals(0660, FileCalls.stat(path).permissions());
            Sockets.connectUnix(sender, path);
            send("one");
            Descriptors.write(sender, new byte[] {0});
            sendAndClose(Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM));
            int[] pipe = Descriptors.pipe();
            Descriptors.close(pipe[1]);
            sendAndClose(pipe[0]);
            send("two");
            assertEquals("one", receiveMark(receiver));
            assertEquals("two", receiveMark(receiver));
        }
    }

    @Test
    void losesNothingWhenStopped() {
        try (DescriptorReceiver receiver = DescriptorReceiver.bind(path)) {
            Sockets.connectUnix(sender, path);
            send("one");
            send("two");
            receiver.stop();
            assertFalse(Files.exists(file), "senders must look for a successor");
            int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.STREAM);
            assertEquals(-1, calls.sendDescriptor(sender, fd));
            assertEquals(Errno.EPIPE, calls.errno(), () -> Errno.describe(calls.errno()));
            Descriptors.close(fd);
            assertEquals("one", receiveMark(receiver));
            assertEquals("two", receiveMark(receiver));
            assertEquals(DescriptorReceiver.END, receiver.receive());
        }
    }

    @Test
    void stoppingEndsAWaitInAnotherThread() throws Exception {
        FutureTask<DescriptorReceiver> bound = new FutureTask<>(() -> DescriptorReceiver.bind(path));
        FutureTask<Integer> received = new FutureTask<>(() -> {
            try (DescriptorReceiver receiver = bound.get()) {
                return receiver.receive();
            }
        });
        Thread thread = Thread.ofPlatform().start(() -> {
            bound.run();
            received.run();
        });
        bound.get().stop();
        assertEquals(DescriptorReceiver.END, received.get());
        thread.join();
    }

    @Test
    void replacesTheFileOfASocketThatNobodyHas() {
        int abandoned = Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
        Sockets.bindUnix(abandoned, path);
        Descriptors.close(abandoned);
        try (DescriptorReceiver receiver = DescriptorReceiver.bind(path)) {
            Sockets.connectUnix(sender, path);
            send("one");
            assertEquals("one", receiveMark(receiver));
        }
        assertFalse(Files.exists(file));
    }

    @Test
    void leavesASocketInUseAndAnyOtherFileAlone() throws Exception {
        try (DescriptorReceiver first = DescriptorReceiver.bind(path)) {
            assertInUse();
            Sockets.connectUnix(sender, path);
            send("one");
            assertEquals("one", receiveMark(first));
        }
        Files.writeString(file, "precious");
        assertInUse();
        assertEquals("precious", Files.readString(file));
    }

    private void assertInUse() {
        LinuxException e = assertThrows(LinuxException.class, () -> DescriptorReceiver.bind(path));
        assertEquals(Errno.EADDRINUSE, e.errno());
        assertTrue(e.getMessage().contains(file.toString()), e::getMessage);
    }

    @Test
    void doesNotRemoveItsSuccessorsFile() {
        try (DescriptorReceiver old = DescriptorReceiver.bind(path)) {
            FileCalls.unlink(path);
            try (DescriptorReceiver successor = DescriptorReceiver.bind(path)) {
                old.stop();
                assertTrue(Files.exists(file));
                Sockets.connectUnix(sender, path);
                send("one");
                assertEquals("one", receiveMark(successor));
            }
        }
    }
}
