package io.socketbox.program;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import java.nio.charset.StandardCharsets;

/** Tells systemd how far this process is (sd_notify(3)). */
public final class ServiceManager {
    /** The work has begun. */
    public static final String READY = "READY=1";
    /** The end has begun. */
    public static final String STOPPING = "STOPPING=1";

    private final String socket;
    private final EventLog log;

    /**
     * @param socket the value of {@code NOTIFY_SOCKET}, or null when nobody wants to know.
     * @param log for what goes wrong, which is no reason not to go on.
     */
    public ServiceManager(String socket, EventLog log) {
        this.socket = socket == null || socket.isEmpty() ? null : address(ByteStrings.of(socket));
        this.log = log;
    }

    private static String address(String name) {
        return name.charAt(0) == '@' ? "\0" + name.substring(1) : name;
    }

    /** Says {@link #READY} or {@link #STOPPING}. */
    public void say(String state) {
        if (socket == null) {
            return;
        }
        try {
            int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
            try {
                Sockets.connectUnix(fd, socket);
                Sockets.send(fd, state.getBytes(StandardCharsets.US_ASCII));
            } finally {
                Descriptors.close(fd);
            }
        } catch (LinuxException e) {
            log.write(Severity.WARNING, "NOTIFY_SOCKET: " + e.getMessage());
        }
    }
}
