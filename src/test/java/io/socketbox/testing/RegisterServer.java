package io.socketbox.testing;

import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The sending side of the register protocol, for one receiver at a time. For one thread. */
public final class RegisterServer implements AutoCloseable {
    private static final byte[] ACCEPTED = {(byte) 0x80, 0, 0, 0};
    private static final byte[] WITH_DESCRIPTOR = {3, 0, 0, 0};
    private static final int TIMEOUT_MS = 30_000;

    private final Path path;
    private final int listener;
    private int receiver = -1;

    /** Listens at {@code path}. */
    public RegisterServer(Path path) throws IOException {
        this.path = path;
        listener = TestSockets.bindUnix(TestSockets.SOCK_SEQPACKET, path);
        TestSockets.listen(listener, 8);
    }

    /** Waits for a receiver that asks for {@code group}, and takes it. */
    public void accept(int group) throws IOException {
        if (!TestSockets.awaitReadable(listener, TIMEOUT_MS)) {
            throw new AssertionError("nobody registers at " + path);
        }
        receiver = TestSockets.accept(listener);
        byte[] wanted = {1, 0, 0, 0, (byte) (group >>> 24), (byte) (group >>> 16), (byte) (group >>> 8), (byte) group};
        byte[] request = TestSockets.read(receiver, 64);
        if (!Arrays.equals(wanted, request)) {
            throw new AssertionError("registers with " + Arrays.toString(request));
        }
        TestSockets.write(receiver, ACCEPTED);
    }

    /** Sends one end of a new pair of sockets. @return the other end, the caller's. */
    public int connect() throws IOException {
        int[] pair = TestSockets.socketpair(TestSockets.SOCK_STREAM);
        TestSockets.send(receiver, WITH_DESCRIPTOR, pair[0]);
        TestSockets.close(pair[0]);
        return pair[1];
    }

    /** Goes away from the receiver. */
    public void dropReceiver() throws IOException {
        TestSockets.close(receiver);
        receiver = -1;
    }

    @Override
    public void close() throws IOException {
        if (receiver >= 0) {
            dropReceiver();
        }
        TestSockets.close(listener);
        Files.delete(path);
    }
}
