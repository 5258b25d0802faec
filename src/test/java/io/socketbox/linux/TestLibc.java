package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The few libc calls that the integration tests make themselves, written apart from the code under test so that the
 * two can disagree.
 *
 * <p>Every function is called through one shape, six integer registers in and one out: a callee does not look at
 * registers it has no parameter for. A call answers its result, or minus errno. Thread-safe; descriptors belong to the
 * caller.
 */
@SuppressWarnings("restricted")
final class TestLibc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = STATE.byteOffset(PathElement.groupElement("errno"));
    private static final MethodHandle SIX_INTEGERS = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"));

    private TestLibc() {}

    /** The address of libc's function {@code name}. */
    static MemorySegment find(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    /**
     * Calls {@code function}, whose C result is an int or ssize_t below 2^31.
     *
     * @return the result, or minus errno when it is -1.
     */
    static int call(MemorySegment function, long... arguments) {
        long[] a = Arrays.copyOf(arguments, 6);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) (long) SIX_INTEGERS.invokeExact(function, state, a[0], a[1], a[2], a[3], a[4], a[5]);
            return result == -1 ? -state.get(JAVA_INT, ERRNO_OFFSET) : result;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Answers {@code result} when it is no error.
     *
     * @throws IOException that names {@code what} and errno.
     */
    static int check(String what, int result) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": errno " + -result);
        }
        return result;
    }

    /** A null-terminated array of C strings. */
    static MemorySegment strings(Arena arena, List<String> values) {
        MemorySegment array = arena.allocate(ADDRESS, values.size() + 1L);
        for (int i = 0; i < values.size(); i++) {
            array.setAtIndex(ADDRESS, i, string(arena, values.get(i)));
        }
        return array;
    }

    /** A C string. */
    static MemorySegment string(Arena arena, String value) {
        return arena.allocateFrom(value, StandardCharsets.UTF_8);
    }

    /** A copy of {@code bytes} in native memory. */
    static MemorySegment bytes(Arena arena, byte[] bytes) {
        return arena.allocateFrom(JAVA_BYTE, bytes);
    }
}
