package io.socketbox.demo;

import java.util.Arrays;
import java.util.List;

/** {@code socketbox-demo receiver NAME PATH} and {@code socketbox-demo client NAMESPACES ADDRESS=NAME...}. */
public final class Main {
    private Main() {}

    /** Exits with 0, or with 1 after a message on standard error. */
    public static void main(String[] args) {
        try {
            if (args.length == 3 && args[0].equals("receiver")) {
                Receiver.run(args[1], args[2]);
            } else if (args.length > 2 && args[0].equals("client")) {
                List<String> expectations = Arrays.asList(args).subList(2, args.length);
                if (!Client.run(Integer.parseInt(args[1]), expectations)) {
                    System.exit(1);
                }
            } else {
                throw new IllegalArgumentException("expected receiver NAME PATH or client NAMESPACES ADDRESS=NAME...");
            }
        } catch (Exception e) {
            System.err.println("socketbox-demo " + String.join(" ", args) + ": " + e);
            System.exit(1);
        }
    }
}
