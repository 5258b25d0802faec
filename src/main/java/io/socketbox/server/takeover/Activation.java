package io.socketbox.server.takeover;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Environment;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Processes;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The sockets that a service manager starts this process with (sd_listen_fds(3)): of socket units, or out of its store
 * of descriptors after a restart.
 */
public final class Activation {
    private static final String PID = "LISTEN_PID";
    private static final String COUNT = "LISTEN_FDS";
    private static final String NAMES = "LISTEN_FDNAMES";
    private static final int FIRST = 3;
    private static final int MOST = 4096;

    private Activation() {}

    /** Whether there is something for this very process. */
    public static boolean isMeant(Map<String, String> environment) {
        return Integer.toString(Processes.pid()).equals(environment.get(PID)) && count(environment) > 0;
    }

    /** Takes them, and the variables with them, so that nobody whom this process starts thinks they are for him. */
    public static Inheritance receive(Map<String, String> environment) {
        if (!isMeant(environment)) {
            return Inheritance.none();
        }
        String[] names = environment.getOrDefault(NAMES, "").split(":", -1);
        List<Inheritance.Item> items = new ArrayList<>();
        for (int i = 0; i < count(environment); i++) {
            items.add(item(FIRST + i, i < names.length ? names[i] : ""));
        }
        List.of(PID, COUNT, NAMES).forEach(Environment::unset);
        return new Inheritance(false, items);
    }

    private static int count(Map<String, String> environment) {
        try {
            int count = Integer.parseInt(environment.getOrDefault(COUNT, "0"));
            return count <= MOST ? count : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Inheritance.Item item(int fd, String name) {
        try {
            Descriptors.setCloseOnExec(fd, true);
            int domain = Sockets.getOption(fd, SocketOption.SO_DOMAIN);
            boolean internet = domain == Sockets.AF_INET6 || domain == Sockets.AF_INET;
            if (internet && Sockets.getOption(fd, SocketOption.SO_TYPE) == Sockets.STREAM) {
                return new Inheritance.Item(Inheritance.LISTENER, name, fd);
            }
        } catch (LinuxException noSocket) {
            // Said to be of no use, like every other that nobody knows.
        }
        return new Inheritance.Item(Inheritance.UNKNOWN, name, fd);
    }
}
