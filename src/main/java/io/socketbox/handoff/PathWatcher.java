package io.socketbox.handoff;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Errno;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.FileStatus;
import io.socketbox.linux.Inotify;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Notices that the file at a destination's path appeared, went or was replaced.
 *
 * <p>inotify(7) on the directory tells at once. Where that cannot see (a directory that may not be read or is not there
 * yet, a symbolic link turned elsewhere, a mount on top), {@link #poll} compares device and inode of a bounded number of
 * paths a call.
 *
 * <p>One thread, the conductor's. Owns the inotify descriptor.
 */
public final class PathWatcher implements AutoCloseable {
    /** Is told which targets should look at their path again. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Something happened at a target's path.
         *
         * @param dispatcher whose target.
         * @param targetId   of the target.
         */
        void pathChanged(int dispatcher, int targetId);
    }

    private static final int POLLED_PATHS = 1024;
    private static final int EVENTS = Inotify.CREATE
            | Inotify.DELETE
            | Inotify.MOVED_TO
            | Inotify.MOVED_FROM
            | Inotify.ATTRIB
            | Inotify.DELETE_SELF
            | Inotify.MOVE_SELF
            | Inotify.ONLYDIR;

    private final Listener listener;
    private final EventLog log;
    /** Null where the user has no inotify instance left: then polling is all there is. */
    private final Inotify inotify;

    private final Map<String, Path> paths = new HashMap<>();
    private final List<Path> pollOrder = new ArrayList<>();
    private final Map<String, Directory> directories = new HashMap<>();
    /** One watch may serve several names of one directory. */
    private final Map<Integer, List<Directory>> directoriesByWatch = new HashMap<>();

    private final Map<Long, Path> pathsBySubscriber = new HashMap<>();
    private int pollCursor;

    /**
     * Opens inotify.
     *
     * @param listener called on the thread that calls {@link #onReadable}, {@link #poll} and {@link #watch}.
     * @param log      told when inotify cannot be used for a directory.
     */
    public PathWatcher(Listener listener, EventLog log) {
        this.listener = listener;
        this.log = log;
        this.inotify = open(log);
    }

    private static Inotify open(EventLog log) {
        try {
            return new Inotify();
        } catch (LinuxException e) {
            log.offer(e.getMessage() + "; replaced sockets are noticed once a second");
            return null;
        }
    }

    /** The descriptor that becomes readable when {@link #onReadable} has work, or -1 when there is none. */
    public int inotifyFd() {
        return inotify == null ? -1 : inotify.fd();
    }

    /**
     * Watches a target's path, in place of what was watched for that target before, and has the target look at it once:
     * the file may have been replaced between its connecting and this call.
     *
     * @param dispatcher whose target.
     * @param targetId   of the target.
     * @param address    a path; abstract names (leading NUL) need no watching, since they cannot be taken over.
     */
    public void watch(int dispatcher, int targetId, String address) {
        long subscriber = (long) dispatcher << 32 | targetId;
        Path before = pathsBySubscriber.get(subscriber);
        if (before != null && before.path.equals(address)) {
            return;
        }
        if (before != null) {
            unsubscribe(before, subscriber);
        }
        if (address.charAt(0) != 0) {
            Path path = paths.computeIfAbsent(address, this::add);
            path.subscribers.add(subscriber);
            pathsBySubscriber.put(subscriber, path);
            listener.pathChanged(dispatcher, targetId);
        }
    }

    /**
     * Forgets what was watched for a target.
     *
     * @param dispatcher whose target.
     * @param targetId   of the target.
     */
    public void unwatch(int dispatcher, int targetId) {
        long subscriber = (long) dispatcher << 32 | targetId;
        Path path = pathsBySubscriber.get(subscriber);
        if (path != null) {
            unsubscribe(path, subscriber);
        }
    }

    /** Reads what inotify has to say. */
    public void onReadable() {
        inotify.read(this::onEvent);
    }

    /** Looks at the next paths, and tries again to watch directories that could not be watched. */
    public void poll() {
        for (int i = Math.min(POLLED_PATHS, pollOrder.size()); i > 0; i--) {
            pollCursor = pollCursor + 1 < pollOrder.size() ? pollCursor + 1 : 0;
            Path path = pollOrder.get(pollCursor);
            boolean seenBefore = path.directory.watch >= 0;
            if (!seenBefore) {
                startWatching(path.directory);
            }
            if (path.lookChanged() || (!seenBefore && path.directory.watch >= 0)) {
                tell(path);
            }
        }
    }

    @Override
    public void close() {
        if (inotify != null) {
            inotify.close();
        }
    }

    private void onEvent(int watch, int mask, String name) {
        if ((mask & Inotify.Q_OVERFLOW) != 0) {
            pollOrder.forEach(this::tell);
            return;
        }
        for (Directory directory : List.copyOf(directoriesByWatch.getOrDefault(watch, List.of()))) {
            if ((mask & (Inotify.IGNORED | Inotify.DELETE_SELF | Inotify.MOVE_SELF | Inotify.UNMOUNT)) != 0) {
                stopWatching(directory);
                startWatching(directory);
                directory.byName.values().forEach(this::tell);
                continue;
            }
            Path path = directory.byName.get(name);
            if (path != null) {
                tell(path);
            }
        }
    }

    private void tell(Path path) {
        path.lookChanged();
        for (long subscriber : path.subscribers) {
            listener.pathChanged((int) (subscriber >>> 32), (int) subscriber);
        }
    }

    private Path add(String address) {
        int slash = address.lastIndexOf('/');
        String parent = slash < 0 ? "." : slash == 0 ? "/" : address.substring(0, slash);
        Directory directory = directories.get(parent);
        if (directory == null) {
            directory = new Directory(parent);
            directories.put(parent, directory);
            startWatching(directory);
        }
        Path path = new Path(address, address.substring(slash + 1), directory);
        path.pollIndex = pollOrder.size();
        pollOrder.add(path);
        directory.byName.put(path.name, path);
        path.lookChanged();
        return path;
    }

    private void unsubscribe(Path path, long subscriber) {
        path.subscribers.remove(subscriber);
        pathsBySubscriber.remove(subscriber);
        if (!path.subscribers.isEmpty()) {
            return;
        }
        paths.remove(path.path);
        Path last = pollOrder.removeLast();
        if (last != path) {
            pollOrder.set(path.pollIndex, last);
            last.pollIndex = path.pollIndex;
        }
        path.directory.byName.remove(path.name);
        if (path.directory.byName.isEmpty()) {
            stopWatching(path.directory);
            directories.remove(path.directory.path);
        }
    }

    private void startWatching(Directory directory) {
        if (inotify == null) {
            return;
        }
        int watch = inotify.tryAddWatch(directory.path, EVENTS);
        if (watch >= 0) {
            directory.watch = watch;
            directoriesByWatch.computeIfAbsent(watch, w -> new ArrayList<>()).add(directory);
        } else if (inotify.errno() != Errno.ENOENT) {
            log.repeat("cannot watch " + ByteStrings.display(directory.path) + " (inotify_add_watch: "
                            + Errno.describe(inotify.errno()) + "); sockets replaced there are noticed once a second")
                    .hit(System.nanoTime());
        }
    }

    private void stopWatching(Directory directory) {
        List<Directory> sharing = directoriesByWatch.get(directory.watch);
        if (sharing != null) {
            sharing.remove(directory);
            if (sharing.isEmpty()) {
                directoriesByWatch.remove(directory.watch);
                inotify.removeWatch(directory.watch);
            }
        }
        directory.watch = -1;
    }

    private static final class Directory {
        private final String path;
        private final Map<String, Path> byName = new HashMap<>();
        private int watch = -1;

        private Directory(String path) {
            this.path = path;
        }
    }

    private static final class Path {
        private final String path;
        private final String name;
        private final Directory directory;
        private final Set<Long> subscribers = new HashSet<>();
        private int pollIndex;
        private long device;
        private long inode;

        private Path(String path, String name, Directory directory) {
            this.path = path;
            this.name = name;
            this.directory = directory;
        }

        /** Whether another file stands at the path than at the last look. */
        private boolean lookChanged() {
            FileStatus status = FileCalls.tryStat(path);
            long nowDevice = status == null ? 0 : status.device();
            long nowInode = status == null ? 0 : status.inode();
            boolean changed = nowDevice != device || nowInode != inode;
            device = nowDevice;
            inode = nowInode;
            return changed;
        }
    }
}
