package io.socketbox.relay;

import io.socketbox.program.Invocation;

/** The entry of socketbox-relay; {@link RelayCommand} does the work. */
public final class Main {
    private Main() {}

    /**
     * Runs socketbox-relay.
     *
     * @param args only counted, see {@link Invocation#ofProcess}.
     */
    public static void main(String[] args) {
        System.exit(RelayCommand.run(Invocation.ofProcess(args.length)));
    }
}
