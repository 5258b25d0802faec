package io.socketbox.program;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.RightsMessage;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import java.nio.charset.StandardCharsets;

/**
 * Tells systemd how far this process is (sd_notify(3)), and gives it descriptors to keep (sd_pid_notify_with_fds(3)).
 * The socket is connected at once, so that it works after a change of root and user as well. Any thread.
 */
public final class ServiceManager {
    /** The work has begun. */
    public static final String READY = "READY=1";
    /** The end has begun. */
    public static final String STOPPING = "STOPPING=1";
    /** Everything that has to turn does. */
    public static final String WATCHDOG = "WATCHDOG=1";

    private final EventLog log;
    private final int fd;

    /**
     * @param socket the value of {@code NOTIFY_SOCKET}, or null when nobody wants to know.
     * @param log for what goes wrong, which is no reason not to go on.
     */
    public ServiceManager(String socket, EventLog log) {
        this.log = log;
        this.fd = socket == null || socket.isEmpty() ? -1 : connect(address(ByteStrings.of(socket)));
    }

    private static String address(String name) {
        return name.charAt(0) == '@' ? "\0" + name.substring(1) : name;
    }

    private int connect(String address) {
        int socket = Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
        try {
            Sockets.connectUnix(socket, address);
            return socket;
        } catch (LinuxException e) {
            Descriptors.close(socket);
            failed(e);
            return -1;
        }
    }

    private void failed(LinuxException e) {
        log.write(Severity.WARNING, "NOTIFY_SOCKET: " + e.getMessage());
    }

    /** Whether anybody listens to this. */
    public boolean isPresent() {
        return fd >= 0;
    }

    /** Says one or more {@code NAME=VALUE} lines, such as {@link #READY} or {@link #STOPPING}. */
    public void say(String state) {
        send(state);
    }

    /** Says that the configuration is about to be read anew; {@link #READY} ends that. */
    public void reloading() {
        // nanoTime is CLOCK_MONOTONIC, by which systemd tells this reload from the one before.
        send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
    }

    /** Says what {@code systemctl status} shows. */
    public void status(String text) {
        send("STATUS=" + text);
    }

    /** Says that another process is the service from now on. */
    public void mainPid(int pid) {
        send("MAINPID=" + pid);
    }

    /**
     * Has a descriptor kept over the end of this process.
     *
     * @param name without a colon; what it has later, and is given up by.
     * @param descriptor stays the caller's.
     */
    public void store(String name, int descriptor) {
        send("FDSTORE=1\nFDNAME=" + name, descriptor);
    }

    /** Has the descriptors of that name kept no longer. */
    public void forget(String name) {
        send("FDSTOREREMOVE=1\nFDNAME=" + name);
    }

    private void send(String state, int... descriptors) {
        if (fd < 0) {
            return;
        }
        try {
            RightsMessage.send(fd, state.getBytes(StandardCharsets.UTF_8), descriptors);
        } catch (LinuxException e) {
            failed(e);
        }
    }
}
