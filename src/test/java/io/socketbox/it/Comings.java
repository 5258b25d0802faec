package io.socketbox.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.socketbox.testing.Registering;
import io.socketbox.testing.TestReceiver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Receivers that come and go, one at a time: each joins a group, is answered once, serves what it is sent for a while, and
 * leaves. None may be cut off before it leaves by itself.
 */
final class Comings implements AutoCloseable {
    private static final long STAY_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String name;
    private final Path path;
    private final int group;
    private final FutureTask<Integer> task = new FutureTask<>(this::run);
    private volatile boolean ending;

    private Comings(String name, Path path, int group) {
        this.name = name;
        this.path = path;
        this.group = group;
    }

    /** Begins to join the group at a register socket, again and again. */
    static Comings start(String name, Path path, int group) {
        Comings comings = new Comings(name, path, group);
        Thread.ofPlatform().daemon().name("comings-" + name).start(comings.task);
        return comings;
    }

    private int run() throws Exception {
        int joined = 0;
        while (!ending) {
            String each = name + ++joined;
            try (TestReceiver receiver = TestReceiver.on(each, Registering.connect(path, group))) {
                LockSupport.parkNanos(STAY_NS);
                assertFalse(receiver.hasEnded(), () -> each + " was cut off");
                receiver.stop();
                assertEquals(List.of(), receiver.troubles(), each);
            }
        }
        return joined;
    }

    /** Lets the last one leave. @return how many there were; fails when something was wrong with one. */
    int end() throws Exception {
        ending = true;
        return task.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        ending = true;
    }

    @Override
    public String toString() {
        return name + " joined " + (task.isDone() ? task.resultNow() : "still") + " times";
    }
}
