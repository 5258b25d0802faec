package io.socketbox.relay;

import io.socketbox.linux.Signals;
import io.socketbox.observe.EventLog;
import io.socketbox.program.EndRequest;
import io.socketbox.program.ProgramSignals;
import io.socketbox.program.ServiceManager;
import java.util.function.IntConsumer;
import sun.misc.Signal;

/** What signals do: SIGTERM and SIGINT end the loss-free way, a second one at once, SIGHUP reads the services anew. */
final class RelaySignals {
    /** Plus its number: ended by a signal. */
    private static final int SIGNALLED = 128;

    private final EndRequest request = new EndRequest();
    private final RelayAgent agent;
    private final ServiceManager manager;
    private final EventLog log;
    private final IntConsumer halt;

    private RelaySignals(RelayAgent agent, ServiceManager manager, EventLog log, IntConsumer halt) {
        this.agent = agent;
        this.manager = manager;
        this.log = log;
        this.halt = halt;
    }

    /** Handles the signals from now on. */
    static void install(RelayAgent agent, ServiceManager manager, EventLog log, IntConsumer halt) {
        RelaySignals signals = new RelaySignals(agent, manager, log, halt);
        ProgramSignals.handle(Signals.SIGTERM, "TERM", signals::end);
        ProgramSignals.handle(Signals.SIGINT, "INT", signals::end);
        ProgramSignals.handle(Signals.SIGHUP, "HUP", signal -> agent.reload());
    }

    private void end(Signal signal) {
        switch (request.signalled(System.nanoTime())) {
            case BEGIN -> {
                log.write("SIG" + signal.getName() + ": taking no more connections; waiting for those there are");
                manager.say(ServiceManager.STOPPING);
                agent.stop();
            }
            case SAME -> {}
            case AT_ONCE -> {
                log.write("SIG" + signal.getName() + " again: ending at once");
                halt.accept(SIGNALLED + signal.getNumber());
            }
        }
    }
}
