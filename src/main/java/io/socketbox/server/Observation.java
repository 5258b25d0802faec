package io.socketbox.server;

import io.socketbox.dispatch.Engine;
import io.socketbox.observe.EventLog;
import io.socketbox.program.PrivilegePlan;
import io.socketbox.program.SetupException;
import io.socketbox.server.control.ControlVerb;
import io.socketbox.server.metrics.HttpServer;
import io.socketbox.server.metrics.MetricsSockets;
import io.socketbox.server.metrics.Pages;
import io.socketbox.server.status.StatusSource;
import io.socketbox.server.takeover.Inheritance;
import io.socketbox.server.takeover.MetricsTransfer;
import io.socketbox.server.takeover.Transferable;
import java.util.List;
import java.util.Map;

/** What lets others see what the server does: {@code --metrics}, and the status at the control socket. */
final class Observation {
    private final ServerOptions options;
    private final EventLog log;
    private final MetricsSockets sockets;
    private StatusSource status;
    private HttpServer http;

    private Observation(ServerOptions options, EventLog log, MetricsSockets sockets) {
        this.options = options;
        this.log = log;
        this.sockets = sockets;
    }

    /**
     * Takes over or binds what {@code --metrics} asks for.
     *
     * @param plan whose user and group will own a socket file.
     * @param inheritance where the sockets may be already.
     * @throws SetupException when they cannot be had.
     */
    static Observation open(ServerOptions options, PrivilegePlan plan, Inheritance inheritance, EventLog log)
            throws SetupException {
        MetricsSockets sockets =
                options.metrics() == null ? null : MetricsSockets.open(options.metrics(), plan, inheritance);
        return new Observation(options, log, sockets);
    }

    /**
     * Has the engine count what somebody may ask for.
     *
     * @param configuration where the rules are from, for people.
     */
    Engine.Context configure(Engine.Context context, String configuration, boolean hasControl) {
        return context.detailed(hasControl || sockets != null)
                .logConnections(options.logConnections() ? configuration : null);
    }

    /** Serves from here on. */
    void start(Engine engine, ListenSockets listeners, Reload reload, boolean hasControl) {
        Facts facts = new Facts(listeners, options.backlog(), options.workers(), reload::facts, engine::limits);
        status = new StatusSource(engine.statistics(), facts);
        if (hasControl || sockets != null) {
            status.start();
        }
        if (sockets != null) {
            http = HttpServer.start(sockets, new Pages(status), log);
            log.write("metrics at " + sockets.display());
        }
    }

    /** What can be asked for at the control socket. */
    Map<String, ControlVerb> verbs(Reload reload) {
        return Verbs.all(status, reload);
    }

    /** What a successor goes on with. */
    List<Transferable> transferables() {
        return http == null ? List.of() : List.of(new MetricsTransfer(sockets, http));
    }

    /** Serves no more, and removes a socket file unless a successor has it. */
    void end() {
        if (http != null) {
            http.stop();
            sockets.close();
        }
    }
}
