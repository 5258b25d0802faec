package io.socketbox.bench.suite;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The processor time of another process, by its clock_getcpuclockid(3): what proc(5) shows as utime and stime, but in
 * nanoseconds instead of ticks of 10 ms, so that short runs say something too.
 */
@SuppressWarnings("restricted")
final class ProcessorTime {
    private static final MethodHandle CLOCK_OF = function(
            "clock_getcpuclockid",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final MethodHandle READ = function(
            "clock_gettime", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    private ProcessorTime() {}

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
    }

    /** So far, user and system, of all threads that it has and had; its children not counted. Nanoseconds. */
    static long ofProcess(long pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clock = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
            if ((int) CLOCK_OF.invokeExact((int) pid, clock) != 0
                    || (int) READ.invokeExact(clock.get(ValueLayout.JAVA_INT, 0), time) != 0) {
                throw new IllegalStateException("process " + pid + " has no clock; has it ended?");
            }
            return time.getAtIndex(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L
                    + time.getAtIndex(ValueLayout.JAVA_LONG, 1);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
