package io.socketbox.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Connects to one address after the other and compares who answered, and what it saw, with what is right. */
final class Client {
    private static final int TIMEOUT_MS = 10_000;
    private static final String ROW = "%-36s %-12s %-17s %-11s %s%n";

    private Client() {}

    /**
     * One round.
     *
     * @param namespaces how many network namespaces the answers must have come from
     * @param expectations {@code HOST:PORT=NAME}, an IPv6 host in brackets: who must answer there
     * @return whether every answer was right; what was wrong is on standard error
     */
    static boolean run(int namespaces, List<String> expectations) throws IOException {
        System.out.printf(ROW, "connected to", "answered by", "in namespace", "that has", "and saw the client as");
        Set<String> seen = new HashSet<>();
        boolean right = true;
        for (String expectation : expectations) {
            int equals = expectation.indexOf('=');
            String address = expectation.substring(0, equals);
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(TIMEOUT_MS);
                socket.connect(parse(address), TIMEOUT_MS);
                String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                Answer answer = Answer.parse(text);
                String interfaces = String.join(" ", answer.interfaces());
                System.out.printf(ROW, address, answer.name(), answer.namespace(), interfaces, answer.client());
                seen.add(answer.namespace());
                if (!answer.name().equals(expectation.substring(equals + 1))
                        || !parse(answer.client()).equals(socket.getLocalSocketAddress())
                        || !parse(answer.server()).equals(socket.getRemoteSocketAddress())) {
                    System.err.println(
                            "wrong: " + answer + " for " + expectation + " from " + socket.getLocalSocketAddress());
                    right = false;
                }
            }
        }
        if (seen.size() != namespaces) {
            System.err.println("wrong: the answers came from " + seen + ", not from " + namespaces + " namespaces");
            right = false;
        }
        return right;
    }

    private static InetSocketAddress parse(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        return new InetSocketAddress(
                InetAddress.getByName(address.substring(0, colon)), Integer.parseInt(address.substring(colon + 1)));
    }
}
