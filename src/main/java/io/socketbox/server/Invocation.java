package io.socketbox.server;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What a run of the program is given from outside.
 *
 * @param arguments what follows the program's name, as byte strings.
 * @param out for what was asked to be shown.
 * @param err for events and errors; written without buffering.
 * @param commandLine the whole command that this process was started with, to start it anew for {@code -d}.
 * @param readyFd where a daemon says that it is ready, see {@link Readiness}; -1 when nobody waits.
 * @param halt ends the process at once with an exit code, on the second signal.
 */
record Invocation(
        List<String> arguments,
        PrintStream out,
        OutputStream err,
        List<String> commandLine,
        int readyFd,
        IntConsumer halt) {}
