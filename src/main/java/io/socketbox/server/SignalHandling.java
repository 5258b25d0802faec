package io.socketbox.server;

import io.socketbox.linux.Signals;
import io.socketbox.observe.EventLog;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What signals do: SIGTERM and SIGINT let the server drain, a second one ends the process at once, SIGHUP is answered
 * by a line. They are handled by threads of the Java virtual machine.
 */
final class SignalHandling {
    private final AtomicBoolean ending = new AtomicBoolean();
    private final Runnable drain;
    private final EventLog log;
    private final IntConsumer halt;

    private SignalHandling(Runnable drain, EventLog log, IntConsumer halt) {
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
        handle(Signals.SIGTERM, "TERM", handling::end);
        handle(Signals.SIGINT, "INT", handling::end);
        handle(Signals.SIGHUP, "HUP", handling::hangUp);
    }

    private static void handle(int number, String name, SignalHandler handler) {
        if (Signals.isIgnored(number)) {
            // The virtual machine leaves an ignored signal ignored.
            Signals.setDefault(number);
        }
        Signal.handle(new Signal(name), handler);
    }

    private void end(Signal signal) {
        if (ending.compareAndSet(false, true)) {
            log.write("SIG" + signal.getName() + ": accepting no more; handing over what is waiting");
            drain.run();
        } else {
            log.write("SIG" + signal.getName() + " again: ending at once");
            halt.accept(ExitCode.SIGNALLED + signal.getNumber());
        }
    }

    private void hangUp(Signal signal) {
        log.write("SIG" + signal.getName() + ": reload is not available; restart to use a changed configuration");
    }
}
