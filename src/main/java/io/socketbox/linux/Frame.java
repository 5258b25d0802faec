package io.socketbox.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The memory of a cold call, or of some: arguments and errno. For one thread, until it is closed. */
final class Frame implements AutoCloseable {
    private static final long[] NONE = {};

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = arena.allocate(Native.STATE);

    /** Zeroed memory that lives until this frame is closed. */
    MemorySegment allocate(long byteSize) {
        return arena.allocate(byteSize, Long.BYTES);
    }

    /** A message header whose memory lives until this frame is closed. */
    ControlBuffer message(int payloadBytes, int descriptors) {
        return new ControlBuffer(arena, payloadBytes, descriptors);
    }

    /** MemorySegment.copy and allocateFrom link a switch at their first use, which costs milliseconds of every start. */
    MemorySegment bytes(byte[] source) {
        MemorySegment copy = arena.allocate(Math.max(1, source.length), Long.BYTES);
        copy.asByteBuffer().put(source);
        return copy;
    }

    /** A C string of the text's chars, each of which is one byte. */
    MemorySegment string(String text) {
        return bytes(cString(text));
    }

    private static byte[] cString(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a NUL byte inside " + ByteStrings.display(text));
        }
        return (text + '\0').getBytes(StandardCharsets.ISO_8859_1);
    }

    /** An array of pointers to C strings that ends with NULL, as for argv. */
    MemorySegment strings(List<String> texts) {
        return strings(texts, NONE);
    }

    /** The same, with pointers to other strings that live as long. */
    MemorySegment strings(List<String> texts, long[] others) {
        long[] own = pointers(texts);
        MemorySegment array = allocate((own.length + others.length + 1L) * Long.BYTES);
        LongBuffer to = array.asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer();
        to.put(own).put(others);
        return array;
    }

    /** The addresses of C strings, which lie in one piece of memory. */
    long[] pointers(List<String> texts) {
        int bytes = 0;
        for (String text : texts) {
            bytes += text.length() + 1;
        }
        MemorySegment memory = allocate(bytes);
        ByteBuffer to = memory.asByteBuffer();
        long[] pointers = new long[texts.size()];
        for (int i = 0; i < pointers.length; i++) {
            pointers[i] = memory.address() + to.position();
            to.put(cString(texts.get(i)));
        }
        return pointers;
    }

    int call(MemorySegment function, long a) {
        return (int) Native.call(function, state, a);
    }

    int call(MemorySegment function, long a, long b) {
        return (int) Native.call(function, state, a, b);
    }

    int call(MemorySegment function, long a, long b, long c) {
        return (int) Native.call(function, state, a, b, c);
    }

    int call(MemorySegment function, long a, long b, long c, long d) {
        return (int) Native.call(function, state, a, b, c, d);
    }

    int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        return (int) Native.call(function, state, a, b, c, d, e, f);
    }

    int errno() {
        return state.get(ValueLayout.JAVA_INT, Native.ERRNO_OFFSET);
    }

    /**
     * Throws for a call that has just failed.
     *
     * @param attempt the call and what it was about
     * @return never; declared so that it fits where a result would stand
     */
    int fail(String attempt) {
        throw new LinuxException(attempt, errno());
    }

    @Override
    public void close() {
        arena.close();
    }
}
