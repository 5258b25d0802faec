package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.socketbox.bindings.x86_64.dirent64;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Lists a directory through a descriptor, which works where no path leads to it any more. */
final class DirectoryReader {
    private static final MemorySegment GETDENTS64 = Native.symbol("getdents64");
    private static final MemorySegment LSEEK = Native.symbol("lseek");
    private static final long RECORD_LENGTH = dirent64.d_reclen$offset();
    private static final long NAME = dirent64.d_name$offset();
    private static final int BUFFER = 16 * 1024;

    private DirectoryReader() {}

    /** The entries' names without {@code .} and {@code ..}, as byte strings; always from the start. */
    static List<String> names(int directoryFd) {
        List<String> names = new ArrayList<>();
        try (Frame frame = new Frame()) {
            MemorySegment buffer = frame.allocate(BUFFER);
            if (frame.call(LSEEK, directoryFd, 0, 0) < 0) {
                frame.fail("rewind directory descriptor " + directoryFd);
            }
            int length;
            while ((length = frame.call(GETDENTS64, directoryFd, buffer.address(), BUFFER)) > 0) {
                for (long at = 0; at < length; at += buffer.get(JAVA_SHORT, at + RECORD_LENGTH) & 0xffff) {
                    String name = buffer.getString(at + NAME, StandardCharsets.ISO_8859_1);
                    if (!name.equals(".") && !name.equals("..")) {
                        names.add(name);
                    }
                }
            }
            if (length < 0) {
                frame.fail("list directory descriptor " + directoryFd);
            }
        }
        return names;
    }
}
