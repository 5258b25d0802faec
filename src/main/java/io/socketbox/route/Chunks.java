package io.socketbox.route;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Growing memory, zero where nothing was put. It is outside the Java heap, so that the collector neither moves nor
 * keeps track of what a million rules need while a server compiles them beside its work; and in chunks, so that it grows
 * without being copied. It goes with the last reference to this. One thread.
 */
final class Chunks {
    /** Bytes of every chunk but the first, which is smaller, and on the heap, for as long as it suffices. */
    static final int CHUNK_SIZE = 1 << 18;

    private static final int FIRST_SIZE = 64;
    private static final int CHUNK_BITS = Integer.numberOfTrailingZeros(CHUNK_SIZE);
    private static final int OFFSET_MASK = CHUNK_SIZE - 1;

    private UnsafeBuffer[] chunks = {};
    private int count;
    private long capacity;

    /** How many bytes there are. */
    long capacity() {
        return capacity;
    }

    /** Makes sure of so many bytes. */
    void reserve(long size) {
        if (size <= capacity) {
            return;
        }
        if (capacity < CHUNK_SIZE) {
            growFirst(size);
        }
        while (capacity < size) {
            if (count == chunks.length) {
                chunks = Arrays.copyOf(chunks, count * 2);
            }
            chunks[count++] = chunk(CHUNK_SIZE);
            capacity += CHUNK_SIZE;
        }
    }

    private void growFirst(long size) {
        int larger = (int) Math.max(Math.max(FIRST_SIZE, capacity), Math.min(CHUNK_SIZE, size));
        UnsafeBuffer first = chunk(Math.min(CHUNK_SIZE, Integer.highestOneBit(larger) * 2));
        if (count == 0) {
            chunks = new UnsafeBuffer[4];
            count = 1;
        } else {
            first.putBytes(0, chunks[0], 0, (int) capacity);
        }
        chunks[0] = first;
        capacity = first.capacity();
    }

    private static UnsafeBuffer chunk(int size) {
        return size < CHUNK_SIZE ? new UnsafeBuffer(new byte[size]) : new UnsafeBuffer(ByteBuffer.allocateDirect(size));
    }

    /** The int at an offset that is a multiple of 4. */
    int getInt(long offset) {
        return chunks[(int) (offset >>> CHUNK_BITS)].getInt((int) offset & OFFSET_MASK);
    }

    void putInt(long offset, int value) {
        chunks[(int) (offset >>> CHUNK_BITS)].putInt((int) offset & OFFSET_MASK, value);
    }

    /** The long at an offset that is a multiple of 8. */
    long getLong(long offset) {
        return chunks[(int) (offset >>> CHUNK_BITS)].getLong((int) offset & OFFSET_MASK);
    }

    void putLong(long offset, long value) {
        chunks[(int) (offset >>> CHUNK_BITS)].putLong((int) offset & OFFSET_MASK, value);
    }

    /** Copies the first bytes. */
    void copyTo(UnsafeBuffer target, int length) {
        for (int done = 0; done < length; done += CHUNK_SIZE) {
            target.putBytes(done, chunks[done >>> CHUNK_BITS], 0, Math.min(CHUNK_SIZE, length - done));
        }
    }
}
