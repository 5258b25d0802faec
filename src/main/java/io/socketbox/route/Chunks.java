package io.socketbox.route;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Growing memory, zero where nothing was put: in chunks, so that it grows without being copied. It is {@link OffHeap},
 * and goes with that. One thread.
 */
public final class Chunks {
    /** Bytes of every chunk but the first, which is smaller, and on the heap, for as long as it suffices. */
    static final int CHUNK_SIZE = 1 << 18;

    private static final int FIRST_SIZE = 64;
    private static final int CHUNK_BITS = Integer.numberOfTrailingZeros(CHUNK_SIZE);
    private static final int OFFSET_MASK = CHUNK_SIZE - 1;

    private final OffHeap memory;
    private UnsafeBuffer[] chunks = {};
    private int count;
    private long capacity;

    /** Empty. */
    public Chunks(OffHeap memory) {
        this.memory = memory;
    }

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

    private UnsafeBuffer chunk(int size) {
        return size < CHUNK_SIZE ? new UnsafeBuffer(new byte[size]) : memory.allocate(size);
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

    /** The byte at an offset. */
    public byte getByte(long offset) {
        return chunks[(int) (offset >>> CHUNK_BITS)].getByte((int) offset & OFFSET_MASK);
    }

    /** Puts the first bytes of an array, and makes room for them. */
    public void putBytes(long offset, byte[] source, int length) {
        reserve(offset + length);
        copy(offset, new UnsafeBuffer(source), length, true);
    }

    /** Copies bytes to the start of an array. */
    public void getBytes(long offset, byte[] target, int length) {
        copy(offset, new UnsafeBuffer(target), length, false);
    }

    /** Copies the first bytes. */
    void copyTo(UnsafeBuffer target, int length) {
        copy(0, target, length, false);
    }

    private void copy(long offset, UnsafeBuffer other, int length, boolean inwards) {
        for (int done = 0; done < length; ) {
            UnsafeBuffer chunk = chunks[(int) ((offset + done) >>> CHUNK_BITS)];
            int at = (int) (offset + done) & OFFSET_MASK;
            int some = Math.min(CHUNK_SIZE - at, length - done);
            if (inwards) {
                chunk.putBytes(at, other, done, some);
            } else {
                other.putBytes(done, chunk, at, some);
            }
            done += some;
        }
    }
}
