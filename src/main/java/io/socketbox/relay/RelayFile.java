package io.socketbox.relay;

import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of {@code -f}: a service on each line, as options of the command line. Words are separated by blanks and tabs; a
 * {@code #} at the start of a word begins a comment.
 */
final class RelayFile {
    private static final int CHUNK_SIZE = 1 << 16;

    private RelayFile() {}

    /**
     * Reads all services.
     *
     * @param path of the file, a byte string.
     * @throws SetupException when it cannot be read, or has errors; the message has several lines then.
     */
    static List<RelaySpec> read(String path) throws SetupException {
        return parse(ByteStrings.display(path), text(path));
    }

    private static String text(String path) throws SetupException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            int fd = FileCalls.open(path, FileCalls.O_RDONLY, 0);
            try {
                byte[] chunk = Descriptors.read(fd, CHUNK_SIZE);
                while (chunk.length > 0) {
                    text.writeBytes(chunk);
                    chunk = Descriptors.read(fd, CHUNK_SIZE);
                }
            } finally {
                Descriptors.close(fd);
            }
        } catch (LinuxException e) {
            throw new SetupException(e.getMessage() + "; it is the file of services that -f names", e);
        }
        return ByteStrings.of(text.toByteArray());
    }

    /**
     * Reads the text of a file.
     *
     * @param name for messages.
     * @param text a byte string.
     */
    static List<RelaySpec> parse(String name, String text) throws SetupException {
        List<RelaySpec> services = new ArrayList<>();
        StringBuilder faults = new StringBuilder();
        String[] lines = text.split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            List<String> words = words(lines[i]);
            try {
                if (!words.isEmpty()) {
                    RelaySpec service = RelayOptions.readService(words);
                    rejectSecond(services, service);
                    services.add(service);
                }
            } catch (UsageException | SetupException e) {
                faults.append(name).append(':').append(i + 1).append(": ").append(e.getMessage());
                faults.append('\n');
            }
        }
        if (!faults.isEmpty()) {
            throw new SetupException(faults + name + ": not accepted");
        }
        if (services.isEmpty()) {
            throw new SetupException(name + ": there is no service in it; write a line such as"
                    + " -s /run/skbox/web.sock -c ::1 -p 8080");
        }
        return List.copyOf(services);
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split("[ \t]+", -1)) {
            if (word.startsWith("#")) {
                break;
            }
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    private static void rejectSecond(List<RelaySpec> services, RelaySpec service) throws UsageException {
        for (RelaySpec other : services) {
            if (other.intake().isSame(service.intake())) {
                throw new UsageException(service.intake().display()
                        + " is the socket of another line too: name another, or remove one of them");
            }
        }
    }
}
