package io.socketbox.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** This process's threads in /proc. Opened before a chroot, it can still be read afterwards. Owns one descriptor. */
public final class TaskDirectory implements AutoCloseable {
    private static final int MAX_STATUS = 16 * 1024;

    private final int fd = FileCalls.open("/proc/self/task", FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0);

    /**
     * Opens the directory, and reads of one thread, so that every class that takes is loaded while that is still possible.
     */
    public TaskDirectory() {
        first();
    }

    /** The privileges of the thread that the process began with. */
    public ThreadStatus first() {
        return read(1).getFirst();
    }

    /** The privileges of every thread; one that ends meanwhile is left out. */
    public List<ThreadStatus> read() {
        return read(Integer.MAX_VALUE);
    }

    private List<ThreadStatus> read(int most) {
        List<ThreadStatus> threads = new ArrayList<>();
        for (String threadId : DirectoryReader.names(fd)) {
            if (threads.size() == most) {
                break;
            }
            String status = statusOrNull(threadId + "/status");
            if (status != null) {
                threads.add(parse(status));
            }
        }
        return threads;
    }

    private String statusOrNull(String path) {
        try {
            int status = FileCalls.openAt(fd, path, FileCalls.O_RDONLY, 0);
            try {
                return new String(Descriptors.read(status, MAX_STATUS), StandardCharsets.ISO_8859_1);
            } finally {
                Descriptors.close(status);
            }
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH) {
                return null;
            }
            throw e;
        }
    }

    static ThreadStatus parse(String status) {
        Map<String, String> fields = new HashMap<>();
        int start = 0;
        while (start < status.length()) {
            int end = status.indexOf('\n', start);
            String line = status.substring(start, end < 0 ? status.length() : end);
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
            start += line.length() + 1;
        }
        return new ThreadStatus(
                Integer.parseInt(fields.get("Pid")),
                fields.get("Name"),
                numbers(fields.get("Uid")),
                numbers(fields.get("Gid")),
                numbers(fields.get("Groups")),
                Long.parseUnsignedLong(fields.get("CapInh"), 16),
                Long.parseUnsignedLong(fields.get("CapPrm"), 16),
                Long.parseUnsignedLong(fields.get("CapEff"), 16),
                Long.parseUnsignedLong(fields.get("CapBnd"), 16),
                Long.parseUnsignedLong(fields.get("CapAmb"), 16),
                fields.get("NoNewPrivs").equals("1"),
                Integer.parseInt(fields.get("Seccomp")));
    }

    private static List<Integer> numbers(String text) {
        List<Integer> numbers = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = start;
            while (end < text.length() && text.charAt(end) > ' ') {
                end++;
            }
            if (end > start) {
                numbers.add(Integer.parseUnsignedInt(text, start, end, 10));
            }
            start = end + 1;
        }
        return numbers;
    }

    @Override
    public void close() {
        Descriptors.close(fd);
    }
}
