package io.socketbox.server;

import io.socketbox.dispatch.Engine;
import io.socketbox.linux.ByteStrings;
import io.socketbox.observe.EventLog;
import io.socketbox.program.PrivilegePlan;
import io.socketbox.program.Registration;
import io.socketbox.program.ServiceManager;
import io.socketbox.program.SetupException;
import io.socketbox.server.control.ControlServer;
import io.socketbox.server.control.ControlSocket;
import io.socketbox.server.control.ControlVerb;
import io.socketbox.server.takeover.Activation;
import io.socketbox.server.takeover.ControlTransfer;
import io.socketbox.server.takeover.EngineSources;
import io.socketbox.server.takeover.Inheritance;
import io.socketbox.server.takeover.Registrations;
import io.socketbox.server.takeover.Takeover;
import io.socketbox.server.takeover.TakeoverVerb;
import io.socketbox.server.takeover.Transferable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who was before this server, and who may come after it: another server whose place it takes, or the service manager, which
 * gives it sockets and keeps them over its end.
 */
final class Lineage {
    private final ServerOptions options;
    private final EventLog log;
    private final Takeover takeover;
    private final Inheritance inheritance;
    private final GivenListeners given;
    private final InheritedNumbers numbers;
    private final ServiceManager manager;
    private ControlSocket control;

    private Lineage(
            ServerOptions options, List<Integer> inherited, Takeover takeover, Inheritance inheritance, EventLog log) {
        this.options = options;
        this.log = log;
        this.takeover = takeover;
        this.inheritance = inheritance;
        this.given = new GivenListeners(inheritance);
        this.numbers = InheritedNumbers.of(inheritance, inherited);
        this.manager = new ServiceManager(System.getenv("NOTIFY_SOCKET"), log);
    }

    /**
     * Takes what there is to begin with.
     *
     * @param inherited descriptors that the process was started with.
     * @throws SetupException when {@code --takeover} finds nobody.
     */
    static Lineage begin(ServerOptions options, List<Integer> inherited, EventLog log) throws SetupException {
        Takeover takeover = options.takeover() ? Takeover.begin(options.controlPath()) : null;
        Inheritance inheritance = takeover != null ? takeover.inheritance() : Activation.receive(System.getenv());
        return new Lineage(options, inherited, takeover, inheritance, log);
    }

    /** The listening sockets that are there already. */
    GivenListeners given() {
        return given;
    }

    /** All that there is from whoever was before. */
    Inheritance inheritance() {
        return inheritance;
    }

    /** What inherited descriptors are. */
    InheritedNumbers numbers() {
        return numbers;
    }

    /** Told of this server's life. */
    ServiceManager manager() {
        return manager;
    }

    /** Whether another server's place is taken. */
    boolean isTakeover() {
        return takeover != null;
    }

    /** Takes over or binds the control socket, for the user of {@code plan}. */
    void openControl(PrivilegePlan plan) throws SetupException {
        int fd = inheritance.takeOne(Inheritance.CONTROL);
        control = fd >= 0
                ? ControlSocket.adopt(fd, options.controlPath())
                : ControlSocket.open(options.controlPath(), plan, log);
    }

    /** Whether a successor could reach this server. */
    boolean hasControl() {
        return control != null;
    }

    /** The register connection of {@code -P}: the one that is there, or a new one; -1 without {@code -P}. */
    int receiver() throws SetupException {
        if (options.receivePath() == null) {
            return -1;
        }
        int fd = inheritance.takeOne(Inheritance.RECEIVER);
        return fd >= 0
                ? fd
                : Registration.connect(
                        "-P " + options.receiveGroup() + ":" + ByteStrings.display(options.receivePath()),
                        options.receivePath(),
                        options.receiveGroup());
    }

    /** The register sockets and receivers of another server whose place is taken; owned by the caller. */
    List<io.socketbox.dispatch.Registration> registrations() {
        return Registrations.take(inheritance);
    }

    /** Connections are accepted: whoever was before may go, and receivers can register here. */
    void succeed(Engine engine) {
        given.reportRest(log, manager);
        if (takeover != null) {
            engine.registry().succeed(takeover.commit(log));
        } else {
            inheritance.conclude();
        }
    }

    /**
     * From here on the control socket answers, and another server can take this one's place.
     *
     * @param verbs what else can be asked for.
     * @param others parts that a successor goes on with, beside the engine's sources.
     */
    void answer(Map<String, ControlVerb> verbs, Engine engine, ListenSockets sockets, List<Transferable> others) {
        if (control == null) {
            return;
        }
        ControlServer server = new ControlServer(control, log);
        List<Transferable> parts = new ArrayList<>(others);
        parts.add(numbers);
        parts.add(new ControlTransfer(control, server));
        Registrations registrations = new Registrations(engine.registry());
        parts.add(registrations);
        parts.add(new EngineSources(engine, sockets.names()));
        Map<String, ControlVerb> all = new HashMap<>(verbs);
        all.put(Takeover.VERB, new TakeoverVerb(parts, registrations, manager, log));
        server.start(all);
    }

    /** Removes the control socket, unless a successor has it. */
    void end() {
        if (control != null) {
            control.close();
        }
    }
}
