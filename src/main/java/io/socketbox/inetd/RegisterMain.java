package io.socketbox.inetd;

import io.socketbox.program.Invocation;

/** The entry of socketbox-inetd-p; {@link InetdCommand} does the work. */
public final class RegisterMain {
    private RegisterMain() {}

    /**
     * Runs socketbox-inetd-p.
     *
     * @param args only counted, see {@link Invocation#ofProcess}.
     */
    public static void main(String[] args) {
        System.exit(InetdCommand.run(InetdProgram.REGISTER, Invocation.ofProcess(args.length)));
    }
}
