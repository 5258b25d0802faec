package io.socketbox.server;

import io.socketbox.linux.Processes;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The socketbox program's entry; {@link SocketboxCommand} does the work. */
public final class Main {
    private Main() {}

    /**
     * Runs socketbox.
     *
     * @param args only counted: the bytes come from the kernel, because the JVM's decoding loses some under LANG=C.
     */
    public static void main(String[] args) {
        List<String> commandLine = Processes.rawArguments();
        int first = commandLine.size() - args.length;
        Invocation invocation = new Invocation(
                commandLine.subList(first, commandLine.size()),
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new FileOutputStream(FileDescriptor.err),
                commandLine,
                Integer.getInteger(Readiness.FD_PROPERTY, -1),
                Runtime.getRuntime()::halt);
        System.exit(SocketboxCommand.run(invocation));
    }
}
