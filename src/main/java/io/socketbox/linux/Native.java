package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The one door from Java into the C library.
 *
 * <p>Each distinct shape of a method handle costs milliseconds at start-up, so there is only one: six {@code long}s in,
 * a {@code long} out, the address of the function as an argument, errno captured. Both calling conventions (System V
 * x86-64, AAPCS64) allow that for functions of up to six integers and pointers: those travel in registers, a callee
 * reads only the registers that it declares and, of one for an {@code int}, only the low half, and variadic functions
 * take them from the same places. Callers cast an {@code int} result, whose upper half is undefined. A test holds every
 * bound function's generated descriptor against this rule.
 *
 * <p>For the same reason addresses are looked up here: jextract's {@code name$address()} also links a handle of its
 * own.
 */
final class Native {
    static final StructLayout STATE = Linker.Option.captureStateLayout();

    /**
     * Where the captured errno, an int, is in a segment of {@link #STATE}, whose only member it is on Linux. Asking the
     * layout links method handles, which a test does instead of every start.
     */
    static final int ERRNO_OFFSET = 0;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final MethodHandle CALL = link();

    private Native() {}

    /** The address of a function or variable of the C library. */
    static MemorySegment symbol(String name) {
        return LIBC.findOrThrow(name);
    }

    static long call(MemorySegment function, MemorySegment state, long a) {
        return call(function, state, a, 0, 0, 0, 0, 0);
    }

    static long call(MemorySegment function, MemorySegment state, long a, long b) {
        return call(function, state, a, b, 0, 0, 0, 0);
    }

    static long call(MemorySegment function, MemorySegment state, long a, long b, long c) {
        return call(function, state, a, b, c, 0, 0, 0);
    }

    static long call(MemorySegment function, MemorySegment state, long a, long b, long c, long d) {
        return call(function, state, a, b, c, d, 0, 0);
    }

    /** Calls {@code function}; {@code state} receives errno and belongs to the calling thread alone. */
    static long call(MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, state, a, b, c, d, e, f);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("a downcall throws nothing checked", impossible);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link() {
        FunctionDescriptor shape =
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        return LINKER.downcallHandle(shape, Linker.Option.captureCallState("errno"));
    }
}
