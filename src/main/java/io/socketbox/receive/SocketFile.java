package io.socketbox.receive;

import io.socketbox.handoff.ReceivingSocket;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.program.Account;
import io.socketbox.program.CommandOption;
import io.socketbox.program.Quantity;
import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;

/**
 * A datagram socket that a program makes for itself, to which socketbox hands connections over.
 *
 * @param path a byte string.
 * @param mode its permissions.
 * @param owner its owner, or null to leave that to the kernel.
 */
public record SocketFile(String path, int mode, Account owner) {
    /** The permissions where none are given. */
    public static final int DEFAULT_MODE = 0660;

    private static final int LONGEST_PATH = 107;

    /**
     * The path that an option gives.
     *
     * @throws UsageException when no socket can have it.
     */
    public static String path(CommandOption option, String value) throws UsageException {
        if (value.isEmpty() || value.length() > LONGEST_PATH) {
            throw Quantity.bad(option, value, "a path of 1 to " + LONGEST_PATH + " bytes");
        }
        return value;
    }

    /**
     * The permissions that an option gives.
     *
     * @throws UsageException when they are none.
     */
    public static int mode(CommandOption option, String value) throws UsageException {
        if (!value.matches("0?[0-7]{3}")) {
            throw Quantity.bad(option, value, "an octal mode such as 0660");
        }
        return Integer.parseInt(value, 8);
    }

    /**
     * Makes the socket.
     *
     * @throws SetupException when it cannot be made, with advice.
     */
    public ReceivingSocket bind() throws SetupException {
        try {
            return ReceivingSocket.bind(path, mode, uid(), gid());
        } catch (LinuxException e) {
            throw new SetupException(e.getMessage() + advice(e.errno()), e);
        }
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.EADDRINUSE ->
                "; another program has this socket open, or the file is no socket: stop it, remove it or name another";
            case Errno.ENOENT -> "; make its directory first";
            case Errno.EPERM -> "; only root may give a file away";
            default -> "";
        };
    }

    /** Gives permissions and owner to a socket that is there already. */
    public void permit(ReceivingSocket socket) {
        socket.permit(mode, uid(), gid());
    }

    private int uid() {
        return owner == null ? ReceivingSocket.SAME : owner.uid();
    }

    private int gid() {
        return owner == null ? ReceivingSocket.SAME : owner.gid();
    }
}
