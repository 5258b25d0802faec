package io.socketbox.inetd;

import io.socketbox.config.Diagnostic;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.program.SetupException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of {@code -f}: a service on each line, as tokens of the form {@code name:value} followed by {@code run} and
 * the program with its arguments. A {@code #} at the start of a word begins a comment.
 */
final class ServiceFile {
    private static final int CHUNK_SIZE = 1 << 16;

    private final String name;
    private final List<ServiceSpec> services = new ArrayList<>();
    private final List<Integer> linesOfServices = new ArrayList<>();
    private final List<Diagnostic> diagnostics = new ArrayList<>();

    private ServiceFile(String name) {
        this.name = name;
    }

    /**
     * Reads all services.
     *
     * @param path of the file, a byte string.
     * @throws SetupException when it cannot be read, or has errors; the message has several lines then.
     */
    static List<ServiceSpec> read(String path) throws SetupException {
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
    static List<ServiceSpec> parse(String name, String text) throws SetupException {
        ServiceFile file = new ServiceFile(name);
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            file.readLine(i + 1, lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i]);
        }
        file.conclude();
        return List.copyOf(file.services);
    }

    private void readLine(int number, String line) {
        ServiceLine read = new ServiceLine(line);
        if (read.isEmpty()) {
            return;
        }
        try {
            ServiceSpec service = read.service();
            rejectSecond(number, line, service);
            services.add(service);
            linesOfServices.add(number);
        } catch (ServiceLine.Mistake e) {
            complain(number, line, e.from(), e.to(), e.getMessage(), e.hint());
        }
    }

    private void rejectSecond(int number, String line, ServiceSpec service) {
        for (int i = 0; i < services.size(); i++) {
            if (services.get(i).place().isSame(service.place())) {
                String message = service.place().display() + " is the place of line " + linesOfServices.get(i) + " too";
                complain(number, line, 0, line.length(), message, "name another socket, or remove one of them");
            }
        }
    }

    private void complain(int number, String line, int from, int to, String message, String hint) {
        int column = 1 + shown(line.substring(0, from)).length();
        int width = Math.max(1, shown(line.substring(from, to)).length());
        diagnostics.add(
                new Diagnostic(Diagnostic.Severity.ERROR, name, number, column, width, message, hint, shown(line)));
    }

    /** A tab is as wide as a blank here, so that the marks stand below what they mean. */
    private static String shown(String part) {
        return ByteStrings.display(part.replace('\t', ' '));
    }

    private void conclude() throws SetupException {
        if (!diagnostics.isEmpty()) {
            StringBuilder all = new StringBuilder();
            diagnostics.forEach(one -> all.append(one.render()).append('\n'));
            throw new SetupException(all + name + ": not accepted");
        }
        if (services.isEmpty()) {
            throw new SetupException(name + ": there is no service in it; write a line such as"
                    + " socket:/run/skbox/ssh.sock run /usr/sbin/sshd -i");
        }
    }
}
