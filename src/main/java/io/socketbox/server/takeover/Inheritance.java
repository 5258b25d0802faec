package io.socketbox.server.takeover;

import io.socketbox.linux.Descriptors;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What a server has from whoever was before it: descriptors, each with a tag that says what it is. Whoever knows a tag
 * takes what bears it; the rest is closed. One thread.
 */
public final class Inheritance {
    /** A listening TCP socket; the last word of the note is its name at the service manager. */
    public static final String LISTENER = "listener";
    /** A register connection to another socketbox. */
    public static final String RECEIVER = "receiver";
    /** A UNIX socket that the first server was started with; the note is its number there. */
    public static final String INHERITED = "inherited";
    /** A register socket; the note is its path. */
    public static final String REGISTER = "register";
    /** The connection of somebody whose request to register was not read yet; the note is the register socket's path. */
    public static final String APPLICANT = "applicant";
    /** The connection of a receiver that has registered; the note is group, seat, user and the register socket's path. */
    public static final String REGISTERED = "registered";
    /** The control socket. */
    public static final String CONTROL = "control";
    /** A listening socket of {@code --metrics}; the note is its address or path. */
    public static final String METRICS = "metrics";
    /** Something that the service manager gave and nobody here knows; the note is its name. */
    public static final String UNKNOWN = "unknown";

    /**
     * One descriptor.
     *
     * @param tag what it is: a word.
     * @param note what else there is to know, on one line.
     * @param fd owned by who holds the item.
     */
    public record Item(String tag, String note, int fd) {
        /** The last word of the note. */
        public String name() {
            return note.substring(note.lastIndexOf(' ') + 1);
        }
    }

    private final boolean takeover;
    private final List<Item> items;
    private final BitSet kept = new BitSet();

    /**
     * @param takeover whether another server lives that these are copies from.
     * @param items owned from here on, until taken.
     */
    Inheritance(boolean takeover, List<Item> items) {
        this.takeover = takeover;
        this.items = List.copyOf(items);
    }

    /** Of a server that nobody was before. */
    public static Inheritance none() {
        return new Inheritance(false, List.of());
    }

    /** Whether it comes from a server that is still at work. */
    public boolean isTakeover() {
        return takeover;
    }

    /** What bears that tag and was not taken yet, in order; stays here until {@link #take}. */
    public List<Item> find(String tag) {
        List<Item> found = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (!kept.get(i) && items.get(i).tag().equals(tag)) {
                found.add(items.get(i));
            }
        }
        return found;
    }

    /** Takes one item, whose descriptor is the caller's from here on. */
    public int take(Item item) {
        kept.set(items.indexOf(item));
        return item.fd();
    }

    /** Takes the first item of that tag. @return its descriptor, or -1 when there is none. */
    public int takeOne(String tag) {
        List<Item> found = find(tag);
        return found.isEmpty() ? -1 : take(found.getFirst());
    }

    /** Closes what nobody took. @return the places of what was taken. */
    public BitSet conclude() {
        for (int i = kept.nextClearBit(0); i < items.size(); i = kept.nextClearBit(i + 1)) {
            Descriptors.close(items.get(i).fd());
        }
        return kept;
    }
}
