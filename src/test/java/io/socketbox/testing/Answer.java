package io.socketbox.testing;

import io.socketbox.linux.TestSockets.Name;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What a {@link TestReceiver} tells the client about the connection it was given, as one line of text.
 *
 * @param receiver the receiver's name.
 * @param token the line that the client sent.
 * @param peer the client, as getpeername(2) told the receiver.
 * @param local the server's end, as getsockname(2) told the receiver; IPv4 also when the socket is v4-mapped.
 * @param family the socket's own address family.
 * @param blocking whether O_NONBLOCK was clear.
 */
public record Answer(
        String receiver, String token, InetSocketAddress peer, InetSocketAddress local, int family, boolean blocking) {

    /** The answer for a connection with these names. */
    static Answer of(String receiver, String token, Name peer, Name local, boolean blocking) {
        return new Answer(receiver, token, peer.address(), local.address(), local.family(), blocking);
    }

    /** The line that {@link #parse} understands. */
    String line() {
        return String.join(" ", receiver, token, host(peer), host(local), family + " " + blocking) + "\n";
    }

    /** Reads a whole line; empty when it is not one. */
    static Optional<Answer> parse(String line) {
        String[] words = line.split("[ \n]");
        if (!line.endsWith("\n") || words.length != 8) {
            return Optional.empty();
        }
        return Optional.of(new Answer(
                words[0],
                words[1],
                new InetSocketAddress(words[2], Integer.parseInt(words[3])),
                new InetSocketAddress(words[4], Integer.parseInt(words[5])),
                Integer.parseInt(words[6]),
                Boolean.parseBoolean(words[7])));
    }

    /** Whether this answers the client that sent {@code sent} from {@code client}. */
    boolean fits(String sent, InetSocketAddress client) {
        return token.equals(sent) && peer.equals(client);
    }

    private static String host(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        int scope = host.indexOf('%');
        return (scope < 0 ? host : host.substring(0, scope)) + " " + address.getPort();
    }
}
