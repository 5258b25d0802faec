package io.socketbox.server.takeover;

import java.util.List;

/** A part of a running server that a successor can go on with. */
public interface Transferable {
    /**
     * Copies for the successor. The part goes on working with its own, but for what two cannot do at once.
     *
     * @return items whose descriptors are the caller's to close; null when they cannot be had now.
     */
    List<Inheritance.Item> copies();

    /** The successor has failed after {@link #copies}, or was given none: everything is as before. */
    default void resume() {}

    /**
     * The successor is at work: lets go of what it kept without shutting it down, emptying or unlinking it, and ends the
     * rest as usual.
     *
     * @param kept those of {@link #copies} that it kept, their descriptors closed by now.
     */
    void leave(List<Inheritance.Item> kept);
}
