package io.socketbox.program;

import io.socketbox.linux.Processes;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * What a run of a program is given from outside.
 *
 * @param arguments what follows the program's name, as byte strings.
 * @param environment the variables that the program itself looks at.
 * @param out for what was asked to be shown.
 * @param err for events and errors; written without buffering.
 * @param halt ends the process at once with an exit code, on the second signal.
 */
public record Invocation(
        List<String> arguments, Map<String, String> environment, PrintStream out, OutputStream err, IntConsumer halt) {

    /**
     * Of this very process.
     *
     * @param count of arguments: the bytes come from the kernel, because the JVM's decoding loses some under LANG=C.
     */
    public static Invocation ofProcess(int count) {
        List<String> commandLine = Processes.rawArguments();
        return new Invocation(
                commandLine.subList(commandLine.size() - count, commandLine.size()),
                System.getenv(),
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new FileOutputStream(FileDescriptor.err),
                Runtime.getRuntime()::halt);
    }
}
