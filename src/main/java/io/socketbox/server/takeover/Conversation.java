package io.socketbox.server.takeover;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.RightsMessage;
import java.nio.charset.StandardCharsets;

/**
 * One end of the SOCK_SEQPACKET pair over which two servers talk, a line of text a message:
 *
 * <pre>
 * old: TAG NOTE    with a descriptor, for each
 * old: end N       after N of them
 * new: ready I…    the places of those that it keeps, once it accepts connections
 * old: yours       and is about to leave
 * new: TAG NOTE    with a descriptor, for each receiver that registers while the old one delivers what waits there
 * </pre>
 *
 * An end of file instead of the next message means that the other one is gone.
 */
record Conversation(int fd) implements AutoCloseable {
    static final String END = "end";
    static final String READY = "ready";
    static final String YOURS = "yours";

    private static final int MAX_TEXT = 1 << 16;

    /**
     * One message.
     *
     * @param fd -1 when none came along.
     */
    record Message(String word, String rest, int fd) {
        boolean is(String expected) {
            return word.equals(expected);
        }
    }

    void say(String word, String rest, int... descriptors) {
        RightsMessage.send(fd, (word + " " + rest).getBytes(StandardCharsets.ISO_8859_1), descriptors);
    }

    /** Waits for the next message; its word is empty at the end of file. */
    Message listen() {
        RightsMessage message = RightsMessage.receive(fd, MAX_TEXT);
        String text = new String(message.payload(), StandardCharsets.ISO_8859_1);
        int blank = text.indexOf(' ');
        int descriptor =
                message.descriptors().isEmpty() ? -1 : message.descriptors().getFirst();
        return blank < 0
                ? new Message(text, "", descriptor)
                : new Message(text.substring(0, blank), text.substring(blank + 1), descriptor);
    }

    @Override
    public void close() {
        Descriptors.close(fd);
    }
}
