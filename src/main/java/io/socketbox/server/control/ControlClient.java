package io.socketbox.server.control;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.RightsMessage;
import io.socketbox.linux.Sockets;
import io.socketbox.program.SetupException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Asks a running server over its control socket. Calls throw {@link SetupException} when it cannot or will not answer. */
public final class ControlClient {
    private static final int CHUNK = 1 << 14;
    private static final String OK = "ok\n";

    private final String path;

    /** @param path of the control socket, a byte string; null for {@link ControlSocket#DEFAULT_PATH}. */
    public ControlClient(String path) {
        this.path = path == null ? ControlSocket.DEFAULT_PATH : path;
    }

    /**
     * Asks and waits for the whole answer.
     *
     * @param request a verb and its arguments.
     * @return the text after {@code ok}.
     */
    public String ask(String request) throws SetupException {
        int fd = connect();
        try {
            sendLine(fd, request);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            for (byte[] bytes = Sockets.receive(fd, CHUNK); bytes.length > 0; bytes = Sockets.receive(fd, CHUNK)) {
                answer.writeBytes(bytes);
            }
            String text = answer.toString(StandardCharsets.UTF_8);
            if (!text.startsWith(OK)) {
                throw refused(text);
            }
            return text.substring(OK.length());
        } catch (LinuxException e) {
            throw failed(e, "");
        } finally {
            Descriptors.close(fd);
        }
    }

    /**
     * Asks for something that is answered with a descriptor.
     *
     * @param request a verb and its arguments.
     * @return the descriptor, which is the caller's.
     */
    public int askForDescriptor(String request) throws SetupException {
        int fd = connect();
        try {
            sendLine(fd, request);
            RightsMessage answer = RightsMessage.receive(fd, CHUNK);
            List<Integer> received = answer.descriptors();
            if (received.size() != 1) {
                received.forEach(Descriptors::close);
                throw refused(new String(answer.payload(), StandardCharsets.UTF_8));
            }
            return received.getFirst();
        } catch (LinuxException e) {
            throw failed(e, "");
        } finally {
            Descriptors.close(fd);
        }
    }

    private int connect() throws SetupException {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.STREAM);
        try {
            Sockets.connectUnix(fd, path);
            return fd;
        } catch (LinuxException e) {
            Descriptors.close(fd);
            String advice = switch (e.errno()) {
                case Errno.ENOENT, Errno.ECONNREFUSED ->
                    "; no server answers there: name its control socket with --control PATH, as it was started with";
                case Errno.EACCES -> "; only the server's own user and root may ask";
                default -> "";
            };
            throw failed(e, advice);
        }
    }

    private static void sendLine(int fd, String request) {
        Sockets.send(fd, (request + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private SetupException refused(String answer) {
        String error = "error: ";
        String why = answer.startsWith(error) ? answer.substring(error.length()).strip() : "the server did not answer";
        return new SetupException(ByteStrings.display(path) + ": " + why);
    }

    private static SetupException failed(LinuxException e, String advice) {
        return new SetupException("control socket: " + e.getMessage() + advice, e);
    }
}
