package io.socketbox.observe;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A count for each of many keys of which most stay 0. Counts take memory a chunk at a time, once one of the chunk is needed.
 * Written by one thread, read by any.
 */
final class SparseCounts {
    /** How many bytes a chunk takes, headers and all. */
    static final int CHUNK_BYTES = 560;

    private static final int KEY_BITS = 6;
    private static final int KEYS = 1 << KEY_BITS;

    private final AtomicReferenceArray<AtomicLongArray> chunks;

    /** Who is told of counts. */
    @FunctionalInterface
    interface Reader {
        void onCount(int key, long count);
    }

    /**
     * All 0.
     *
     * @param keys how many there are; at least 1.
     */
    SparseCounts(int keys) {
        chunks = new AtomicReferenceArray<>(((keys - 1) >>> KEY_BITS) + 1);
    }

    /** Whether {@link #add} takes no memory for this key. Writer only. */
    boolean holds(int key) {
        return chunks.getPlain(key >>> KEY_BITS) != null;
    }

    /** Changes the count of a key. Writer only. */
    void add(int key, long change) {
        AtomicLongArray chunk = chunks.getPlain(key >>> KEY_BITS);
        if (chunk == null) {
            chunk = new AtomicLongArray(KEYS);
            chunks.setRelease(key >>> KEY_BITS, chunk);
        }
        int place = key & (KEYS - 1);
        chunk.setRelease(place, chunk.getPlain(place) + change);
    }

    /** Tells of every count that is not 0, in the order of keys. */
    void forEach(Reader reader) {
        for (int i = 0; i < chunks.length(); i++) {
            AtomicLongArray chunk = chunks.getAcquire(i);
            for (int place = 0; chunk != null && place < KEYS; place++) {
                long count = chunk.getAcquire(place);
                if (count != 0) {
                    reader.onCount((i << KEY_BITS) + place, count);
                }
            }
        }
    }
}
