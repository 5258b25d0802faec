package io.socketbox.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** A named pipe that shell commands wait at, with {@code : <PATH}, until it is opened. For one thread. */
public final class Gate implements AutoCloseable {
    private final Path path;
    private RandomAccessFile writer;

    /** A closed gate in the scene's folder. */
    public Gate(Scene scene) {
        path = scene.path("gate");
        try {
            Process process =
                    new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("mkfifo " + path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        scene.with(this);
    }

    /** A shell command that waits, and then does {@code then}. */
    public String before(String then) {
        return ": <" + path + "; " + then;
    }

    /** Lets all through, now and later. */
    public void open() {
        try {
            writer = new RandomAccessFile(path.toFile(), "rw");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (writer == null) {
            open();
        }
        writer.close();
    }
}
