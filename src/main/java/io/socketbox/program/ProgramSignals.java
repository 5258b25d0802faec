package io.socketbox.program;

import io.socketbox.linux.Signals;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Signals for a program; their handlers run in threads of the Java virtual machine. */
public final class ProgramSignals {
    private ProgramSignals() {}

    /**
     * Handles a signal from now on, also one that was ignored when the process was started (by nohup, or in the
     * background of a script).
     *
     * @param number one of {@link Signals}.
     * @param name without SIG.
     * @param handler what it does.
     */
    public static void handle(int number, String name, SignalHandler handler) {
        if (Signals.isIgnored(number)) {
            // The virtual machine leaves an ignored signal ignored.
            Signals.setDefault(number);
        }
        Signal.handle(new Signal(name), handler);
    }
}
