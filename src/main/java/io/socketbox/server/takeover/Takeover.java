package io.socketbox.server.takeover;

import io.socketbox.dispatch.Registration;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.SetupException;
import io.socketbox.server.control.ControlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The new server's side of a takeover. Until {@link #commit} the old one serves as if nothing happened, and goes on doing
 * so when this process ends; but receivers can register with neither.
 */
public final class Takeover {
    /** The word on the control socket. */
    public static final String VERB = "takeover";

    private static final long ANSWER_TIMEOUT_MS = 10_000;

    private final Conversation old;
    private final Inheritance inheritance;

    private Takeover(Conversation old, Inheritance inheritance) {
        this.old = old;
        this.inheritance = inheritance;
    }

    /**
     * Asks a running server for what it has.
     *
     * @param controlPath its control socket, or null for the default.
     * @throws SetupException when it cannot be reached or refuses.
     */
    public static Takeover begin(String controlPath) throws SetupException {
        Conversation old = new Conversation(new ControlClient(controlPath).askForDescriptor(VERB));
        try {
            return new Takeover(old, new Inheritance(true, receive(old)));
        } catch (LinuxException e) {
            throw new SetupException("--takeover: " + e.getMessage(), e);
        }
    }

    private static List<Inheritance.Item> receive(Conversation old) throws SetupException {
        List<Inheritance.Item> items = new ArrayList<>();
        Conversation.Message message = old.listen();
        for (; message.fd() >= 0; message = old.listen()) {
            items.add(new Inheritance.Item(message.word(), message.rest(), message.fd()));
        }
        if (!message.is(Conversation.END) || !message.rest().equals(Integer.toString(items.size()))) {
            throw new SetupException("--takeover: received " + items.size() + " descriptors of the old server, then '"
                    + message.word() + " " + message.rest()
                    + "': is the limit of open descriptors (ulimit -n) as high as"
                    + " that of the old server, and does it still run?");
        }
        return items;
    }

    /** What it had. */
    public Inheritance inheritance() {
        return inheritance;
    }

    /**
     * Tells the old server that connections are accepted here: it leaves, and what was not taken is its to drain.
     *
     * @return to be told of those who register here from now on; their descriptors stay the teller's.
     */
    public Consumer<Registration> commit(EventLog log) {
        String kept =
                inheritance.conclude().stream().mapToObj(Integer::toString).collect(Collectors.joining(" "));
        try {
            int pid = Sockets.peerCredentials(old.fd()).pid();
            Sockets.setReceiveTimeout(old.fd(), ANSWER_TIMEOUT_MS);
            old.say(Conversation.READY, kept);
            if (old.listen().is(Conversation.YOURS)) {
                log.write("took over from process " + pid + ", which delivers what it has and ends");
                return new Predecessor(old);
            }
            log.write("process " + pid + " ended before it was taken over from");
        } catch (LinuxException e) {
            log.write(Severity.WARNING, "the old server did not answer: " + e.getMessage());
        }
        old.close();
        return nobody -> {};
    }
}
