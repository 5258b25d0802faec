package io.socketbox.server.control;

import io.socketbox.linux.PeerCredentials;
import io.socketbox.linux.RightsMessage;
import java.util.List;

/**
 * One request on the control socket.
 *
 * @param arguments the words after the verb.
 * @param peer who asks.
 * @param connection to the client.
 */
public record ControlRequest(List<String> arguments, PeerCredentials peer, ControlConnection connection) {
    /**
     * Answers {@code ok} and passes a descriptor along, of which the caller keeps its own copy. Whatever follows goes over
     * that one: the connection ends here. What the client has sent on it and nobody reads could be its own end, which
     * would stay open with all that is in it for as long as ours does.
     */
    public void answerWith(int fd) {
        RightsMessage.send(connection.fd(), ControlServer.OK, fd);
        connection.close();
    }
}
