package io.socketbox.server.control;

import io.socketbox.linux.PeerCredentials;
import io.socketbox.linux.RightsMessage;
import java.util.List;

/**
 * One request on the control socket.
 *
 * @param arguments the words after the verb.
 * @param peer who asks.
 * @param connection to the client; owned by {@link ControlServer}.
 */
public record ControlRequest(List<String> arguments, PeerCredentials peer, int connection) {
    /** Answers {@code ok} and passes a descriptor along, of which the caller keeps its own copy. */
    public void answerWith(int fd) {
        RightsMessage.send(connection, ControlServer.OK, fd);
    }
}
