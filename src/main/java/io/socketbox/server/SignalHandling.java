package io.socketbox.server;

import io.socketbox.linux.Signals;
import io.socketbox.observe.EventLog;
import io.socketbox.program.EndRequest;
import io.socketbox.program.ProgramSignals;
import java.util.function.IntConsumer;
import sun.misc.Signal;

/**
 * What signals do: SIGTERM and SIGINT let the server drain, a second one ends the process at once, SIGHUP is answered
 * by a line. They are handled by threads of the Java virtual machine.
 */
final class SignalHandling {
    private final EndRequest request = new EndRequest();
    private final Runnable drain;
    private final EventLog log;
    private final IntConsumer halt;

    SignalHandling(Runnable drain, EventLog log, IntConsumer halt) {
        this.drain = drain;
        this.log = log;
        this.halt = halt;
    }

    /**
     * Handles the signals from now on, also those that were ignored when the process was started (by nohup, or in the
     * background of a script).
     *
     * @param drain what the first SIGTERM or SIGINT does.
     * @param log for a line on each signal.
     * @param halt what the second one does, with the exit code.
     */
    static void install(Runnable drain, EventLog log, IntConsumer halt) {
        SignalHandling handling = new SignalHandling(drain, log, halt);
        ProgramSignals.handle(Signals.SIGTERM, "TERM", signal -> handling.end(signal, System.nanoTime()));
        ProgramSignals.handle(Signals.SIGINT, "INT", signal -> handling.end(signal, System.nanoTime()));
        ProgramSignals.handle(Signals.SIGHUP, "HUP", handling::hangUp);
    }

    void end(Signal signal, long nowNs) {
        switch (request.signalled(nowNs)) {
            case BEGIN -> {
                log.write("SIG" + signal.getName() + ": accepting no more; handing over what is waiting");
                drain.run();
            }
            case SAME -> {}
            case AT_ONCE -> {
                log.write("SIG" + signal.getName() + " again: ending at once");
                halt.accept(ExitCode.SIGNALLED + signal.getNumber());
            }
        }
    }

    private void hangUp(Signal signal) {
        log.write("SIG" + signal.getName() + ": reload is not available; restart to use a changed configuration");
    }
}
