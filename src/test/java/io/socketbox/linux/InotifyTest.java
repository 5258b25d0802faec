package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InotifyTest {
    /** Past fs.inotify.max_queued_events, which is 16384 by default. */
    private static final int MORE_THAN_A_QUEUE = 40_000;

    private record Event(int watch, int mask, String name) {}

    private static List<Event> events(Inotify inotify) {
        List<Event> events = new ArrayList<>();
        int count = inotify.read((watch, mask, name) -> events.add(new Event(watch, mask, name)));
        assertEquals(events.size(), count);
        return events;
    }

    @Test
    void tellsWhatHappensInADirectory(@TempDir Path folder) throws Exception {
        String directory = ByteStrings.of(folder.toString());
        try (Inotify inotify = new Inotify()) {
            int watch = inotify.addWatch(
                    directory, Inotify.CREATE | Inotify.DELETE | Inotify.MOVED_TO | Inotify.MOVED_FROM);
            assertEquals(List.of(), events(inotify));
            assertTrue(Descriptors.isNonBlocking(inotify.fd()));
            assertTrue(Descriptors.isCloseOnExec(inotify.fd()));

            String odd = "n\u00ff";
            Descriptors.close(FileCalls.open(directory + "/" + odd, FileCalls.O_CREAT | FileCalls.O_WRONLY, 0600));
            FileCalls.unlink(directory + "/" + odd);
            Files.createFile(folder.resolve("a"));
            Files.move(folder.resolve("a"), folder.resolve("b"));

            assertEquals(
                    List.of(
                            new Event(watch, Inotify.CREATE, odd),
                            new Event(watch, Inotify.DELETE, odd),
                            new Event(watch, Inotify.CREATE, "a"),
                            new Event(watch, Inotify.MOVED_FROM, "a"),
                            new Event(watch, Inotify.MOVED_TO, "b")),
                    events(inotify));

            inotify.removeWatch(watch);
            assertEquals(List.of(new Event(watch, Inotify.IGNORED, "")), events(inotify));
            inotify.removeWatch(watch);
            Files.createFile(folder.resolve("c"));
            assertEquals(List.of(), events(inotify));
        }
    }

    @Test
    void aWatchedFileHasNoName(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("f"));
        try (Inotify inotify = new Inotify()) {
            String path = ByteStrings.of(file.toString());
            int watch = inotify.addWatch(path, Inotify.ATTRIB | Inotify.DELETE_SELF);
            assertEquals(watch, inotify.tryAddWatch(path, Inotify.ATTRIB), "the same file");
            FileCalls.chmod(path, 0600);
            assertEquals(List.of(new Event(watch, Inotify.ATTRIB, "")), events(inotify));
        }
    }

    @Test
    void aFullQueueSaysThatEventsWereLost(@TempDir Path folder) throws Exception {
        Path first = Files.createFile(folder.resolve("first"));
        try (Inotify inotify = new Inotify()) {
            inotify.addWatch(ByteStrings.of(folder.toString()), Inotify.ATTRIB);
            // Equal events that follow one another are merged, so two files take turns.
            String[] paths = {
                ByteStrings.of(first.toString()),
                ByteStrings.of(Files.createFile(folder.resolve("second")).toString())
            };
            for (int i = 0; i < MORE_THAN_A_QUEUE; i++) {
                FileCalls.chmod(paths[i & 1], 0600);
            }
            List<Event> events = events(inotify);
            assertTrue(events.size() < MORE_THAN_A_QUEUE, () -> "all " + events.size() + " events came");
            assertEquals(new Event(-1, Inotify.Q_OVERFLOW, ""), events.getLast());
        }
    }

    @Test
    void failuresSayCallArgumentsAndReason(@TempDir Path folder) {
        Inotify inotify = new Inotify();
        int fd = inotify.fd();
        String absent = ByteStrings.of(folder.resolve("absent").toString());
        assertEquals(
                "inotify_add_watch " + absent + ": ENOENT (No such file or directory)",
                assertThrows(LinuxException.class, () -> inotify.addWatch(absent, Inotify.CREATE))
                        .getMessage());
        assertEquals(-1, inotify.tryAddWatch(absent, Inotify.CREATE));
        assertEquals(Errno.ENOENT, inotify.errno());
        inotify.close();
        assertFalse(Descriptors.isOpen(fd));
    }
}
