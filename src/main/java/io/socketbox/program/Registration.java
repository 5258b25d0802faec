package io.socketbox.program;

import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Registers with a socketbox as the receiver of a group: a SOCK_SEQPACKET connection over which,
 * once it is accepted, descriptors arrive.
 */
public final class Registration {
    private static final byte REQUEST_CODE = 1;
    private static final int REQUEST_SIZE = 8;
    private static final byte[] ACCEPTED = {(byte) 0x80, 0, 0, 0};
    private static final int LONGEST_REPLY = 64;

    private Registration() {}

    /**
     * Connects and registers.
     *
     * @param attempt what asked for it, the start of messages, such as {@code -P 5:/run/r}.
     * @param path the register socket, a byte string.
     * @param group 32 bits, unsigned.
     * @return the connection, close-on-exec and blocking; the caller owns it.
     * @throws SetupException when the other side is not there or does not want us.
     */
    public static int connect(String attempt, String path, long group) throws SetupException {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.SEQPACKET);
        try {
            Sockets.connectUnix(fd, path);
            Sockets.send(fd, request(group));
            checkReply(attempt + ": ", Sockets.receive(fd, LONGEST_REPLY));
            return fd;
        } catch (LinuxException e) {
            throw new SetupException(attempt + ": " + e.getMessage() + advice(e.errno()), e);
        }
    }

    private static byte[] request(long group) {
        return ByteBuffer.allocate(REQUEST_SIZE)
                .put(REQUEST_CODE)
                .putInt(REQUEST_SIZE - Integer.BYTES, (int) group)
                .array();
    }

    private static void checkReply(String attempt, byte[] reply) throws SetupException {
        if (reply.length == 0) {
            throw new SetupException(attempt + "the server closed the connection instead of answering;"
                    + " is the group known there, its user the right one, and no other receiver registered?");
        }
        if (!Arrays.equals(reply, ACCEPTED)) {
            throw new SetupException(attempt + "the server refused with "
                    + HexFormat.of().formatHex(reply) + " where "
                    + HexFormat.of().formatHex(ACCEPTED) + " was expected");
        }
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.ENOENT, Errno.ECONNREFUSED ->
                "; is the other socketbox running, and is this its register socket?";
            case Errno.EPROTOTYPE -> "; that socket is not a register socket (SOCK_SEQPACKET)";
            case Errno.EACCES -> "; connecting needs write permission on the socket file";
            default -> "";
        };
    }
}
