package io.socketbox.server;

import io.socketbox.linux.Signals;
import io.socketbox.observe.EventLog;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What signals do: SIGTERM and SIGINT let the server drain, a second one ends the process at once, SIGHUP is answered
 * by a line. They are handled by threads of the Java virtual machine.
 *
 * <p>A wrapper may send one request twice: timeout(1) signals its child and then its process group. What comes within a
 * moment of the first signal is therefore the first signal.
 */
final class SignalHandling {
    private static final long SAME_REQUEST_NS = 200_000_000L;
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong endingSinceNs = new AtomicLong(NEVER);
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
        handle(Signals.SIGTERM, "TERM", signal -> handling.end(signal, System.nanoTime()));
        handle(Signals.SIGINT, "INT", signal -> handling.end(signal, System.nanoTime()));
        handle(Signals.SIGHUP, "HUP", handling::hangUp);
    }

    private static void handle(int number, String name, SignalHandler handler) {
        if (Signals.isIgnored(number)) {
            // The virtual machine leaves an ignored signal ignored.
            Signals.setDefault(number);
        }
        Signal.handle(new Signal(name), handler);
    }

    void end(Signal signal, long nowNs) {
        if (endingSinceNs.compareAndSet(NEVER, nowNs)) {
            log.write("SIG" + signal.getName() + ": accepting no more; handing over what is waiting");
            drain.run();
        } else if (nowNs - endingSinceNs.get() >= SAME_REQUEST_NS) {
            log.write("SIG" + signal.getName() + " again: ending at once");
            halt.accept(ExitCode.SIGNALLED + signal.getNumber());
        }
    }

    private void hangUp(Signal signal) {
        log.write("SIG" + signal.getName() + ": reload is not available; restart to use a changed configuration");
    }
}
