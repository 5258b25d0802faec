package io.socketbox.server;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;
import io.socketbox.server.takeover.Inheritance;
import io.socketbox.server.takeover.Transferable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the numbers of inherited descriptors ({@code jump-fd}, {@code -i}) stand for: the descriptors themselves, or after
 * a takeover those that the first server had under these numbers.
 */
final class InheritedNumbers implements Transferable {
    private final boolean takeover;
    private final Map<Integer, Integer> byNumber;

    private InheritedNumbers(boolean takeover, Map<Integer, Integer> byNumber) {
        this.takeover = takeover;
        this.byNumber = byNumber;
    }

    /**
     * Of this start.
     *
     * @param inheritance whose items with a number are taken.
     * @param inherited descriptors that the process was started with.
     */
    static InheritedNumbers of(Inheritance inheritance, List<Integer> inherited) {
        Map<Integer, Integer> byNumber = new TreeMap<>();
        if (inheritance.isTakeover()) {
            for (Inheritance.Item item : inheritance.find(Inheritance.INHERITED)) {
                byNumber.put(Integer.parseInt(item.note()), inheritance.take(item));
            }
        } else {
            inherited.stream().filter(InheritedNumbers::isUnixSocket).forEach(fd -> byNumber.put(fd, fd));
        }
        return new InheritedNumbers(inheritance.isTakeover(), byNumber);
    }

    private static boolean isUnixSocket(int fd) {
        try {
            return Sockets.getOption(fd, SocketOption.SO_DOMAIN) == Sockets.AF_UNIX;
        } catch (LinuxException noSocket) {
            return false;
        }
    }

    /** The descriptor that a number stands for; after a takeover, -1 where the first server had none. */
    int descriptor(int number) {
        return takeover ? byNumber.getOrDefault(number, -1) : number;
    }

    /** The UNIX socket that was inherited under a number, or -1: by now the number may be one of our own. */
    int socket(int number) {
        return byNumber.getOrDefault(number, -1);
    }

    @Override
    public List<Inheritance.Item> copies() {
        List<Inheritance.Item> items = new ArrayList<>();
        byNumber.forEach((number, fd) -> items.add(
                new Inheritance.Item(Inheritance.INHERITED, Integer.toString(number), Descriptors.dupFrom(fd, 0))));
        return items;
    }

    /** Nothing to do: the engine closes its copies when it has delivered what waits for them, and the process ends. */
    @Override
    public void leave(List<Inheritance.Item> kept) {}
}
