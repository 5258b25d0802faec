package io.socketbox.faults;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.RightsMessage;
import io.socketbox.linux.Sockets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Says what nobody expects to a UNIX socket: garbage, too much, too little, descriptors of all kinds, or nothing. It asks
 * for no group that it may join: who may can always take connections and not answer them.
 */
final class Hostile {
    private static final int MOST_BYTES = 100_000;
    private static final int MOST_DESCRIPTORS = 253;
    private static final List<byte[]> BEGINNINGS = List.of(
            new byte[0],
            new byte[] {1, 0, 0, 0, 0, 0, 0, 6},
            new byte[] {3, 0, 0, 0},
            "GET / HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII),
            "GET /metrics HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            "status\n".getBytes(StandardCharsets.US_ASCII),
            "takeover x\n".getBytes(StandardCharsets.US_ASCII));

    private final Random random;

    Hostile(Random random) {
        this.random = random;
    }

    /** One attempt at a socket of that type. The other side may refuse it in any way. */
    void speak(int type, Path path) {
        int fd = Sockets.socket(Sockets.AF_UNIX, type);
        try {
            Sockets.setSendTimeout(fd, 1_000);
            Sockets.connectUnix(fd, path.toString());
            for (int i = random.nextInt(3); i >= 0; i--) {
                say(fd);
            }
        } catch (LinuxException refused) {
            if (refused.errno() == Errno.EMFILE) {
                throw refused;
            }
        } finally {
            Descriptors.close(fd);
        }
    }

    private void say(int fd) {
        byte[] beginning = BEGINNINGS.get(random.nextInt(BEGINNINGS.size()));
        int more = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(8);
            case 2 -> random.nextInt(2_000);
            default -> random.nextInt(MOST_BYTES);
        };
        byte[] garbage = new byte[more];
        random.nextBytes(garbage);
        byte[] message = Arrays.copyOf(beginning, beginning.length + more);
        System.arraycopy(garbage, 0, message, beginning.length, more);
        int[] own = new int[random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0];
        try {
            for (int i = 0; i < own.length; i++) {
                own[i] = descriptor();
            }
            int[] sent = new int[random.nextInt(8) == 0 ? MOST_DESCRIPTORS : own.length];
            for (int i = 0; i < sent.length; i++) {
                sent[i] = own.length == 0 ? fd : own[i % own.length];
            }
            RightsMessage.send(fd, message, sent);
        } finally {
            Arrays.stream(own).filter(each -> each > 0).forEach(Descriptors::close);
        }
    }

    /** A socket of some kind, and mostly no connection. */
    private int descriptor() {
        return switch (random.nextInt(3)) {
            case 0 -> Sockets.socket(Sockets.AF_INET6, Sockets.STREAM);
            case 1 -> Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM);
            default -> Sockets.socket(Sockets.AF_UNIX, Sockets.SEQPACKET);
        };
    }
}
