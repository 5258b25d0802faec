package io.socketbox.config;

import java.util.Arrays;

/** The bytes of a configuration and where its lines are. */
final class SourceText {
    /** The start of every line would cost as much as some files themselves; of every so many is enough. */
    private static final int LINES_PER_MARK = 64;

    private final String fileName;
    private final byte[] bytes;
    private int[] marks = new int[16];
    private int lines;

    SourceText(String fileName, byte[] bytes) {
        this.fileName = fileName;
        this.bytes = bytes;
    }

    String fileName() {
        return fileName;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Called once for each line, in order. */
    void addLine(int start) {
        if (lines % LINES_PER_MARK == 0) {
            int mark = lines / LINES_PER_MARK;
            if (mark == marks.length) {
                marks = Arrays.copyOf(marks, mark * 2);
            }
            marks[mark] = start;
        }
        lines++;
    }

    /** Number of lines so far. */
    int lines() {
        return lines;
    }

    /** The index of the first byte of a line, counted from 1. */
    int startOf(int line) {
        int start = marks[(line - 1) / LINES_PER_MARK];
        for (int skip = (line - 1) % LINES_PER_MARK; skip > 0; skip--) {
            start = nextLine(start);
        }
        return start;
    }

    /** The index after the last byte of the line that starts at an index, without its line end. */
    int endOf(int start) {
        int end = start;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        return end > start && bytes[end - 1] == '\r' ? end - 1 : end;
    }

    /** The index of the first byte of the next line. */
    int nextLine(int start) {
        int end = start;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        return end + 1;
    }

    /** A line for people. */
    String display(int line) {
        int start = startOf(line);
        return Quoting.display(bytes, start, endOf(start));
    }
}
