package io.socketbox.server.takeover;

import io.socketbox.linux.Descriptors;
import io.socketbox.server.metrics.HttpServer;
import io.socketbox.server.metrics.MetricsSockets;
import java.util.ArrayList;
import java.util.List;

/** The sockets of {@code --metrics}, so that their addresses answer all the time. */
public final class MetricsTransfer implements Transferable {
    private final MetricsSockets sockets;
    private final HttpServer server;

    /** @param server serves at the sockets. */
    public MetricsTransfer(MetricsSockets sockets, HttpServer server) {
        this.sockets = sockets;
        this.server = server;
    }

    @Override
    public List<Inheritance.Item> copies() {
        List<Inheritance.Item> items = new ArrayList<>();
        for (int fd : sockets.fds()) {
            items.add(new Inheritance.Item(Inheritance.METRICS, sockets.note(fd), Descriptors.dupFrom(fd, 0)));
        }
        return items;
    }

    @Override
    public void leave(List<Inheritance.Item> kept) {
        server.stop();
        sockets.leave(!kept.isEmpty());
    }
}
