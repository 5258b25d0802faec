package io.socketbox.server.takeover;

import io.socketbox.dispatch.Registration;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import java.util.function.Consumer;

/**
 * The server before this one, while it delivers what waits there: it is told of receivers that join a group here, since
 * connections may wait there for just that group. Any thread.
 */
final class Predecessor implements Consumer<Registration> {
    /** One that does not read in this time is left without news. */
    private static final long TELL_TIMEOUT_MS = 100;

    private final Conversation old;
    private boolean listens = true;

    /** @param old after {@code yours}; owned from here on, and closed once the other has ended. */
    Predecessor(Conversation old) {
        this.old = old;
        Sockets.setSendTimeout(old.fd(), TELL_TIMEOUT_MS);
        Sockets.setReceiveTimeout(old.fd(), 0);
        Thread.ofPlatform().daemon().name("predecessor").start(this::awaitEnd);
    }

    private void awaitEnd() {
        try {
            // It has nothing more to say.
            old.listen();
        } catch (LinuxException gone) {
            // That is what was waited for.
        }
        synchronized (this) {
            listens = false;
            old.close();
        }
    }

    /** Tells it of a receiver, whose descriptor stays the caller's. */
    @Override
    public synchronized void accept(Registration receiver) {
        if (listens) {
            try {
                Inheritance.Item item = Registrations.item(receiver);
                old.say(item.tag(), item.note(), item.fd());
            } catch (LinuxException goneOrStuck) {
                listens = false;
            }
        }
    }
}
