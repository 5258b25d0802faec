package io.socketbox.server.metrics;

import io.socketbox.config.Endpoint;
import io.socketbox.handoff.SocketFile;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.program.PrivilegePlan;
import io.socketbox.program.SetupException;
import io.socketbox.server.takeover.Inheritance;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * The listening sockets of {@code --metrics}: bound while the process may, for the user that the process will be. Owns its
 * descriptors and its file.
 */
public final class MetricsSockets {
    /** Prometheus and proxies run as other users; the group decides. */
    private static final int MODE = 0660;

    private static final int BACKLOG = 16;

    private final List<Integer> fds = new ArrayList<>();
    private final Inheritance inheritance;
    private SocketFile file;
    private boolean loopback = true;

    private MetricsSockets(Inheritance inheritance) {
        this.inheritance = inheritance;
    }

    /**
     * Takes over, or binds and listens.
     *
     * @param plan whose user and group will own a socket file.
     * @param inheritance where the sockets may be already.
     * @throws SetupException when one cannot be had.
     */
    public static MetricsSockets open(MetricsAddress address, PrivilegePlan plan, Inheritance inheritance)
            throws SetupException {
        MetricsSockets sockets = new MetricsSockets(inheritance);
        try {
            if (address.path() != null) {
                sockets.bind(address.path(), plan);
            } else {
                int port = address.addresses().getFirst().port();
                for (Endpoint endpoint : address.addresses()) {
                    port = sockets.bind(endpoint, port);
                }
            }
        } catch (LinuxException e) {
            sockets.close();
            throw new SetupException("--metrics: " + e.getMessage() + advice(e), e);
        }
        return sockets;
    }

    private static String advice(LinuxException e) {
        return switch (e.errno()) {
            case Errno.EADDRINUSE -> "; something else listens there: choose another port or path";
            case Errno.EADDRNOTAVAIL -> "; this machine does not have the address";
            case Errno.ENOENT -> "; its folder has to be there";
            case Errno.EACCES, Errno.EROFS -> "; it needs a folder that may be written to, or a port above 1023";
            default -> "";
        };
    }

    /** Whether a socket with that note was there already, and is ours now. */
    private boolean adopts(String note) {
        for (Inheritance.Item item : inheritance.find(Inheritance.METRICS)) {
            if (item.note().equals(note)) {
                fds.add(inheritance.take(item));
                return true;
            }
        }
        return false;
    }

    private void bind(String path, PrivilegePlan plan) {
        if (adopts(path)) {
            file = SocketFile.adopt(path);
            return;
        }
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.STREAM | Sockets.NONBLOCK);
        fds.add(fd);
        file = SocketFile.bind(
                fd, path, MODE, plan.uid().orElse(SocketFile.SAME), plan.gid().orElse(SocketFile.SAME));
        Sockets.listen(fd, BACKLOG);
    }

    /** Returns the port, which the kernel chose if {@code port} is 0. */
    private int bind(Endpoint endpoint, int port) {
        loopback &= MetricsAddress.isLoopback(endpoint);
        if (adopts(new io.socketbox.linux.Endpoint(Sockets.AF_INET6, endpoint.hi(), endpoint.lo(), port, 0, null)
                .toString())) {
            return port;
        }
        int fd = Sockets.socket(Sockets.AF_INET6, Sockets.STREAM | Sockets.NONBLOCK);
        fds.add(fd);
        Sockets.setOption(fd, SocketOption.SO_REUSEADDR, 1);
        Sockets.bindInet6(fd, endpoint.hi(), endpoint.lo(), port, 0);
        Sockets.listen(fd, BACKLOG);
        return Sockets.localAddress(fd).port();
    }

    /** The listening sockets, non-blocking; owned here. */
    public List<Integer> fds() {
        return fds;
    }

    /** What a successor knows a socket by. */
    public String note(int fd) {
        return file != null ? file.path() : Sockets.localAddress(fd).toString();
    }

    /** A successor is at work: lets go of the sockets, and of a file that it has. */
    public void leave(boolean hasThem) {
        if (hasThem) {
            file = null;
        }
        close();
    }

    /** Whether nobody but this machine reaches them by TCP. */
    boolean isLoopback() {
        return loopback;
    }

    /** Where they listen, for people. */
    public String display() {
        if (file != null) {
            return "unix:" + ByteStrings.display(file.path());
        }
        StringJoiner shown = new StringJoiner(" and ");
        fds.forEach(fd -> shown.add("http://" + Sockets.localAddress(fd) + "/"));
        return shown.toString();
    }

    /** Stops listening and removes the file, if this process still may. */
    public void close() {
        if (file != null) {
            try {
                file.unlink();
            } catch (LinuxException leftForTheNextStart) {
                // After a change of root or user the file cannot be reached; who starts next replaces it.
            }
        }
        fds.forEach(Descriptors::close);
        fds.clear();
    }
}
