package io.socketbox.program;

import io.socketbox.linux.Signals;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import java.util.function.IntConsumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What signals do: SIGTERM and SIGINT end the program the loss-free way, a second one ends the process at once, SIGHUP
 * is the program's own. They are handled by threads of the Java virtual machine.
 */
public final class SignalHandling {
    /** Plus its number: the exit code of a process that a signal ended. */
    private static final int SIGNALLED = 128;

    private final EndRequest request = new EndRequest();
    private final String ending;
    private final Runnable end;
    private final EventLog log;
    private final IntConsumer halt;

    SignalHandling(String ending, Runnable end, EventLog log, IntConsumer halt) {
        this.ending = ending;
        this.end = end;
        this.log = log;
        this.halt = halt;
    }

    /**
     * Handles the signals from now on, also those that were ignored when the process was started (by nohup, or in the
     * background of a script).
     *
     * @param ending what the log says about the first SIGTERM or SIGINT.
     * @param end what that does.
     * @param hangUp what SIGHUP does.
     * @param log for a line on each signal that ends the program.
     * @param halt what a second SIGTERM or SIGINT does, with the exit code.
     */
    public static void install(String ending, Runnable end, Runnable hangUp, EventLog log, IntConsumer halt) {
        SignalHandling handling = new SignalHandling(ending, end, log, halt);
        handle(Signals.SIGTERM, "TERM", signal -> handling.end(signal, System.nanoTime()));
        handle(Signals.SIGINT, "INT", signal -> handling.end(signal, System.nanoTime()));
        handle(Signals.SIGHUP, "HUP", signal -> hangUp.run());
    }

    /**
     * Has SIGUSR2 do something as well. The launcher has the virtual machine use another signal for itself; without that it
     * keeps this one, which is then said.
     *
     * @param action what it does, on a thread of its own that may take its time.
     */
    public static void installUserTwo(Runnable action, EventLog log) {
        try {
            handle(Signals.SIGUSR2, "USR2", signal -> action.run());
        } catch (IllegalArgumentException e) {
            log.write(
                    Severity.WARNING,
                    "SIGUSR2 belongs to the virtual machine: set _JAVA_SR_SIGNUM as the launcher does");
        }
    }

    private static void handle(int number, String name, SignalHandler handler) {
        if (Signals.isIgnored(number)) {
            // The virtual machine leaves an ignored signal ignored.
            Signals.setDefault(number);
        }
        Signal.handle(new Signal(name), handler);
    }

    void end(Signal signal, long nowNs) {
        switch (request.signalled(nowNs)) {
            case BEGIN -> {
                log.write("SIG" + signal.getName() + ": " + ending);
                end.run();
            }
            case SAME -> {}
            case AT_ONCE -> {
                log.write("SIG" + signal.getName() + " again: ending at once");
                halt.accept(SIGNALLED + signal.getNumber());
            }
        }
    }
}
