package io.socketbox.handoff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.Epoll;
import io.socketbox.linux.HotCalls;
import io.socketbox.observe.EventLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathWatcherTest {
    @TempDir
    Path directory;

    private final List<String> told = new ArrayList<>();
    private final HotCalls calls = new HotCalls(1);
    private final int epollFd = calls.epollCreate();
    private final PathWatcher watcher = new PathWatcher(
            (dispatcher, target) -> told.add(dispatcher + "/" + target), new EventLog(new ByteArrayOutputStream()));

    @AfterEach
    void close() {
        watcher.close();
        calls.close(epollFd);
        calls.close();
    }

    @Test
    void aNewSubscriberLooksOnce() {
        watcher.watch(0, 1, path("a"));
        assertEquals(List.of("0/1"), told);
    }

    @Test
    void creationReplacementAndRemovalAreTold() throws IOException {
        watch("a");
        Files.createFile(directory.resolve("a"));
        assertTold();
        Files.createFile(directory.resolve("b"));
        Files.move(directory.resolve("b"), directory.resolve("a"), StandardCopyOption.ATOMIC_MOVE);
        assertTold();
        Files.delete(directory.resolve("a"));
        assertTold();
    }

    @Test
    void otherFilesAreNotTold() throws IOException {
        watch("a");
        Files.createFile(directory.resolve("other"));
        awaitEvent();
        watcher.onReadable();
        assertEquals(List.of(), told);
    }

    @Test
    void allSubscribersOfAPathAreToldUntilTheyWatchAnother() throws IOException {
        watcher.watch(0, 1, path("a"));
        watcher.watch(1, 1, path("a"));
        watcher.watch(0, 2, path("a"));
        watcher.watch(0, 1, path("b"));
        told.clear();
        Files.createFile(directory.resolve("a"));
        awaitEvent();
        watcher.onReadable();
        assertEquals(List.of("0/2", "1/1"), told.stream().distinct().sorted().toList());
    }

    @Test
    void aDirectoryThatAppearsIsFoundByPolling() throws IOException {
        watch("later/a");
        Files.createDirectory(directory.resolve("later"));
        Files.createFile(directory.resolve("later/a"));
        watcher.poll();
        assertTrue(told.contains("0/1"));
        told.clear();
        Files.delete(directory.resolve("later/a"));
        assertTold();
    }

    @Test
    void aDirectoryThatIsReplacedIsWatchedAnew() throws IOException {
        Files.createDirectory(directory.resolve("run"));
        watch("run/a");
        Files.move(directory.resolve("run"), directory.resolve("gone"));
        Files.createDirectory(directory.resolve("run"));
        assertTold();
        watcher.poll();
        told.clear();
        Files.createFile(directory.resolve("run/a"));
        assertTold();
    }

    @Test
    void aSymbolicLinkTurnedElsewhereIsFoundByPolling() throws IOException {
        for (String version : List.of("v1", "v2")) {
            Files.createDirectory(directory.resolve(version));
            Files.createFile(directory.resolve(version).resolve("a"));
        }
        Files.createSymbolicLink(directory.resolve("current"), Path.of("v1"));
        watch("current/a");
        watcher.poll();
        assertEquals(List.of(), told);
        Files.createSymbolicLink(directory.resolve("next"), Path.of("v2"));
        Files.move(directory.resolve("next"), directory.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
        watcher.poll();
        assertEquals(List.of("0/1"), told);
    }

    @Test
    void twoNamesOfOneDirectoryAreBothTold() throws IOException {
        Files.createDirectory(directory.resolve("run"));
        Files.createSymbolicLink(directory.resolve("var"), Path.of("run"));
        watcher.watch(0, 1, path("run/a"));
        watcher.watch(0, 2, path("var/a"));
        told.clear();
        Files.createFile(directory.resolve("run/a"));
        awaitEvent();
        watcher.onReadable();
        assertEquals(List.of("0/1", "0/2"), told.stream().distinct().sorted().toList());
    }

    @Test
    void abstractNamesNeedNoWatching() {
        watcher.watch(0, 1, "\0name");
        watcher.poll();
        assertEquals(List.of(), told);
    }

    private void watch(String name) {
        watcher.watch(0, 1, path(name));
        told.clear();
    }

    private void assertTold() {
        awaitEvent();
        watcher.onReadable();
        assertFalse(told.isEmpty());
        told.clear();
    }

    private void awaitEvent() {
        calls.epollAdd(epollFd, watcher.inotifyFd(), Epoll.IN, 0);
        assertEquals(1, calls.epollWait(epollFd, 10_000), "inotify had nothing to say");
        calls.epollDelete(epollFd, watcher.inotifyFd());
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }
}
