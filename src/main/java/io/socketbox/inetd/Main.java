package io.socketbox.inetd;

import io.socketbox.program.Invocation;

/** The entry of socketbox-inetd; {@link InetdCommand} does the work. */
public final class Main {
    private Main() {}

    /**
     * Runs socketbox-inetd.
     *
     * @param args only counted, see {@link Invocation#ofProcess}.
     */
    public static void main(String[] args) {
        System.exit(InetdCommand.run(InetdProgram.SOCKET, Invocation.ofProcess(args.length)));
    }
}
