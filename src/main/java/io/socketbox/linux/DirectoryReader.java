package io.socketbox.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Lists a directory through a descriptor, which works where no path leads to it any more. */
final class DirectoryReader {
    private static final MemorySegment GETDENTS64 = Native.symbol("getdents64");
    private static final MemorySegment LSEEK = Native.symbol("lseek");
    // Compared with the bindings by a test: dirent64's generated layout has an array and builds VarHandles, ten
    // milliseconds.
    static final int RECORD_LENGTH = 16;
    static final int NAME = 19;
    private static final int BUFFER = 16 * 1024;

    private DirectoryReader() {}

    /** The entries' names without {@code .} and {@code ..}, as byte strings; always from the start. */
    static List<String> names(int directoryFd) {
        List<String> names = new ArrayList<>();
        try (Frame frame = new Frame()) {
            MemorySegment buffer = frame.allocate(BUFFER);
            ByteBuffer records = buffer.asByteBuffer().order(ByteOrder.nativeOrder());
            if (frame.call(LSEEK, directoryFd, 0, 0) < 0) {
                frame.fail("rewind directory descriptor " + directoryFd);
            }
            int length;
            while ((length = frame.call(GETDENTS64, directoryFd, buffer.address(), BUFFER)) > 0) {
                for (int at = 0; at < length; at += Short.toUnsignedInt(records.getShort(at + RECORD_LENGTH))) {
                    String name = name(records, at + NAME);
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

    /** What MemorySegment.getString does, which links a switch at its first use: milliseconds of every start. */
    private static String name(ByteBuffer records, int from) {
        int end = from;
        while (records.get(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - from];
        records.get(from, name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
