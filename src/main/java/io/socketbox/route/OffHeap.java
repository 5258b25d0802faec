package io.socketbox.route;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Memory outside the Java heap, all zero at first, given back as one. What a million rules need lies here while a server
 * compiles them beside its work: the garbage collector neither moves it nor has to find that it is no longer in use. What
 * was handed out must not be touched after {@link #close}. One thread at a time.
 */
public final class OffHeap implements AutoCloseable {
    private final List<ByteBuffer> pieces = new ArrayList<>();

    /** Nothing is allocated yet. */
    public OffHeap() {}

    /**
     * Another piece.
     *
     * @param size bytes.
     * @throws OutOfMemoryError past {@code -XX:MaxDirectMemorySize}, which is {@code -Xmx} unless given.
     */
    public UnsafeBuffer allocate(int size) {
        return new UnsafeBuffer(piece(size));
    }

    /** Like {@link #allocate}, its first byte at a multiple of {@code alignment}, a power of two. */
    UnsafeBuffer allocateAligned(int size, int alignment) {
        return new UnsafeBuffer(piece(Math.addExact(size, alignment - 1)).alignedSlice(alignment), 0, size);
    }

    private ByteBuffer piece(int size) {
        ByteBuffer piece = ByteBuffer.allocateDirect(size);
        pieces.add(piece);
        return piece;
    }

    /** Gives everything back. A second call does nothing. */
    @Override
    public void close() {
        pieces.forEach(BufferUtil::free);
        pieces.clear();
    }
}
