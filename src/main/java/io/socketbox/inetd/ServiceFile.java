package io.socketbox.inetd;

import io.socketbox.program.SetupException;
import io.socketbox.receive.ServiceLines;
import java.util.List;

/** The file of {@code -f}: a service on each line, as {@link ServiceLine} reads it. */
final class ServiceFile {
    private static final ServiceLines.Grammar<ServiceSpec> GRAMMAR = new ServiceLines.Grammar<>() {
        @Override
        public ServiceSpec read(String line) throws ServiceLines.Mistake {
            return ServiceLine.read(line);
        }

        @Override
        public String place(ServiceSpec service) {
            return service.place().display();
        }

        @Override
        public String example() {
            return "socket:/run/skbox/ssh.sock run /usr/sbin/sshd -i";
        }
    };

    private ServiceFile() {}

    /**
     * Reads all services.
     *
     * @param path of the file, a byte string.
     * @throws SetupException when it cannot be read, or has errors; the message has several lines then.
     */
    static List<ServiceSpec> read(String path) throws SetupException {
        return ServiceLines.read(path, GRAMMAR);
    }

    /** The same of a text that was read already; {@code name} is for messages. */
    static List<ServiceSpec> parse(String name, String text) throws SetupException {
        return ServiceLines.parse(name, text, GRAMMAR);
    }
}
