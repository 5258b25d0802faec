package io.socketbox.testing;

import io.socketbox.linux.TestSockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** The receiving side of the register protocol, good and bad. Descriptors that methods return are the caller's. */
public final class Registering {
    private static final byte[] ACCEPTED = {(byte) 0x80, 0, 0, 0};
    private static final int TIMEOUT_MS = 60_000;

    private Registering() {}

    /** Registers and waits for the answer. */
    public static int connect(Path path, int group) throws IOException {
        return answered(ask(path, request(group)));
    }

    /** Waits for the answer to a request. @return the connection. */
    public static int answered(int fd) throws IOException {
        if (!TestSockets.awaitReadable(fd, TIMEOUT_MS)) {
            throw new AssertionError("no answer to a request to register");
        }
        byte[] answer = TestSockets.read(fd, 64);
        if (!Arrays.equals(ACCEPTED, answer)) {
            throw new AssertionError("answered " + Arrays.toString(answer));
        }
        return fd;
    }

    /** Connects and says nothing. */
    public static int connectOnly(Path path) throws IOException {
        return TestSockets.connectUnix(TestSockets.SOCK_SEQPACKET, path);
    }

    /** Connects and says something, unless it is cut off before. */
    public static int ask(Path path, byte[] request) throws IOException {
        int fd = connectOnly(path);
        try {
            TestSockets.write(fd, request);
        } catch (IOException cutOff) {
            if (!isAtEnd(fd)) {
                throw cutOff;
            }
        }
        return fd;
    }

    /** The request to join a group. */
    public static byte[] request(int group) {
        return ByteBuffer.allocate(8).put((byte) 1).putInt(4, group).array();
    }

    /** Waits for the end of a connection on which nothing is sent; false when something else comes. */
    public static boolean isCutOff(int fd) throws IOException {
        return TestSockets.awaitReadable(fd, TIMEOUT_MS) && isAtEnd(fd);
    }

    private static boolean isAtEnd(int fd) {
        try {
            return TestSockets.read(fd, 64).length == 0;
        } catch (IOException reset) {
            // ECONNRESET: the other side closed without having read what was sent.
            return true;
        }
    }
}
