package io.socketbox.dispatch;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.route.RegisterSocket;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.agrona.concurrent.Agent;

/**
 * What is done with an engine's registrations from outside. There is a {@link Registrar} only once a configuration has had
 * register sockets. Any thread; who wants two things done together holds this object's monitor.
 */
public final class Registry {
    private final Function<List<Registration>, Registrar> maker;
    private final Consumer<Agent> starter;
    private Registrar registrar;

    /**
     * Without a registrar.
     *
     * @param maker   makes one, who takes over what a predecessor had.
     * @param starter runs it on a thread of its own.
     */
    Registry(Function<List<Registration>, Registrar> maker, Consumer<Agent> starter) {
        this.maker = maker;
        this.starter = starter;
    }

    /**
     * Opens the register sockets of the first configuration, before {@link #start}.
     *
     * @param adopted what a predecessor had; taken over.
     * @throws LinuxException when one cannot be opened.
     */
    synchronized void begin(List<RegisterSocket> wanted, List<Registration> adopted) {
        if (!wanted.isEmpty() || !adopted.isEmpty()) {
            registrar = maker.apply(adopted);
            registrar.begin(wanted, registrar.prepare(wanted));
        }
    }

    /** Lets receivers register. */
    synchronized void start() {
        if (registrar != null) {
            starter.accept(registrar);
        }
    }

    /** See {@link Registrar#prepare}. */
    synchronized List<RegisterListener> prepare(List<RegisterSocket> wanted) {
        if (registrar == null && !wanted.isEmpty()) {
            registrar = maker.apply(List.of());
            start();
        }
        return registrar == null ? List.of() : registrar.prepare(wanted);
    }

    /** See {@link Registrar#follow}. */
    synchronized void follow(List<RegisterSocket> wanted, List<RegisterListener> opened) {
        if (registrar != null) {
            registrar.follow(wanted, opened);
        }
    }

    /** Ends the thread, if there is one, and closes everything. */
    synchronized void stop() throws InterruptedException {
        if (registrar != null) {
            registrar.stop();
        }
    }

    /**
     * The register sockets, and the connections of those that have come by them, for a successor. From here on nobody can
     * register, and who tries waits, until {@link #resume}, or with the successor.
     *
     * @return copies, whose descriptors are the caller's; null when they cannot be had, and nothing is suspended.
     */
    public synchronized List<Registration> suspend() {
        return registrar == null ? List.of() : registrar.suspend();
    }

    /** The successor has failed: it is here that receivers register again. */
    public synchronized void resume() {
        if (registrar != null) {
            registrar.resume();
        }
    }

    /** The successor goes on with what {@link #suspend} gave: nobody can register here any more. */
    public synchronized void leave() {
        if (registrar != null) {
            registrar.leave();
        }
    }

    /** Somebody has registered with the successor; takes over the descriptor. */
    public synchronized void join(Registration receiver) {
        if (registrar == null) {
            Descriptors.close(receiver.fd());
        } else {
            registrar.join(receiver);
        }
    }

    /**
     * The predecessor has left: it is here that receivers register from now on.
     *
     * @param predecessor told of each, whose descriptor stays the engine's; connections may wait for them there.
     */
    public synchronized void succeed(Consumer<Registration> predecessor) {
        if (registrar != null) {
            registrar.succeed(predecessor);
        }
    }
}
