package io.socketbox.config;

import io.socketbox.route.Chunks;
import io.socketbox.route.OffHeap;
import java.util.Arrays;

/**
 * The bytes of a configuration and where its lines are. They are outside the Java heap until {@link #close}; lines are
 * counted from 1. One thread.
 */
public final class SourceText implements AutoCloseable {
    /** The start of every line would cost as much as some files themselves; of every so many is enough. */
    private static final int LINES_PER_MARK = 64;

    private final String fileName;
    private final OffHeap memory = new OffHeap();
    private final Chunks bytes = new Chunks(memory);
    private int length;
    private boolean atLineStart = true;
    private int[] marks = new int[16];
    private int lines;
    private int lastLineStart;
    private int longestLine;

    /**
     * Empty.
     *
     * @param fileName for the diagnostics, as the user gave it.
     */
    public SourceText(String fileName) {
        this.fileName = fileName;
    }

    /**
     * Adds to the end.
     *
     * @throws ArithmeticException past 2 GiB.
     */
    public void append(byte[] more) {
        int end = Math.addExact(length, more.length);
        bytes.putBytes(length, more, more.length);
        for (int i = 0; i < more.length; i++) {
            if (atLineStart) {
                startLine(length + i);
            }
            atLineStart = more[i] == '\n';
        }
        length = end;
        longestLine = Math.max(longestLine, length - lastLineStart);
    }

    private void startLine(int start) {
        longestLine = Math.max(longestLine, start - lastLineStart);
        lastLineStart = start;
        if (lines % LINES_PER_MARK == 0) {
            int mark = lines / LINES_PER_MARK;
            if (mark == marks.length) {
                marks = Arrays.copyOf(marks, mark * 2);
            }
            marks[mark] = start;
        }
        lines++;
    }

    String fileName() {
        return fileName;
    }

    /** Number of lines. */
    int lines() {
        return lines;
    }

    /** The most bytes that a line has, with its end. */
    int longestLine() {
        return longestLine;
    }

    /** The offset of the first byte of a line. */
    int startOf(int line) {
        int start = marks[(line - 1) / LINES_PER_MARK];
        for (int skip = (line - 1) % LINES_PER_MARK; skip > 0; skip--) {
            start = nextLine(start);
        }
        return start;
    }

    /** The offset of the first byte after the line that starts at an offset. */
    int nextLine(int start) {
        int end = start;
        while (end < length && bytes.getByte(end) != '\n') {
            end++;
        }
        return Math.min(length, end + 1);
    }

    /** Copies the line between two offsets to the start of an array; returns how many bytes it has without its end. */
    int copyLine(int start, int next, byte[] target) {
        int size = next - start;
        bytes.getBytes(start, target, size);
        if (size > 0 && target[size - 1] == '\n') {
            size--;
        }
        return size > 0 && target[size - 1] == '\r' ? size - 1 : size;
    }

    /** A line without its end. */
    byte[] line(int line) {
        int start = startOf(line);
        int next = nextLine(start);
        byte[] copy = new byte[next - start];
        return Arrays.copyOf(copy, copyLine(start, next, copy));
    }

    /** A line for people. */
    String display(int line) {
        byte[] text = line(line);
        return Quoting.display(text, 0, text.length);
    }

    /** Gives back the memory; nothing else may be called any more. */
    @Override
    public void close() {
        memory.close();
    }
}
