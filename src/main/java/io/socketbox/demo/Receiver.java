package io.socketbox.demo;

import io.socketbox.handoff.DescriptorReceiver;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A daemon that is given its connections and answers each with an {@link Answer}; it never listens on a port. */
final class Receiver {
    private static final int READ_BYTES = 4096;

    private final String name;
    private final String namespace;
    private final List<String> interfaces;

    private Receiver(String name) throws IOException {
        this.name = name;
        this.namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        // proc_pid_net(5): two lines of heading, then a line for each interface.
        try (var lines = Files.lines(Path.of("/proc/self/net/dev"))) {
            this.interfaces = lines.skip(2)
                    .map(line -> line.substring(0, line.indexOf(':')).strip())
                    .toList();
        }
    }

    /** Answers until SIGTERM or SIGINT, and then whatever had been handed over by that time. */
    static void run(String name, String path) throws IOException {
        Receiver receiver = new Receiver(name);
        CountDownLatch ended = new CountDownLatch(1);
        try (DescriptorReceiver connections = DescriptorReceiver.bind(ByteStrings.of(path))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                connections.stop();
                await(ended);
            }));
            for (int fd = connections.receive(); fd != DescriptorReceiver.END; fd = connections.receive()) {
                receiver.answer(fd);
            }
        } finally {
            ended.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers whatever is asked: so few bytes that writing them to a new connection does not wait. */
    private void answer(int fd) {
        try {
            String client = Sockets.peerAddress(fd).toString();
            String server = Sockets.localAddress(fd).toString();
            Answer answer = new Answer(name, namespace, interfaces, client, server);
            Descriptors.write(fd, answer.toHttp().getBytes(StandardCharsets.UTF_8));
            Sockets.shutdown(fd, Sockets.SHUT_WR);
            Thread.ofPlatform().daemon().start(() -> closeAfterClient(fd));
        } catch (LinuxException e) {
            System.err.println(name + ": " + e.getMessage());
            Descriptors.close(fd);
        }
    }

    /** Closing with a request unread would reset the connection, and the client might not get to see the answer. */
    private void closeAfterClient(int fd) {
        try {
            byte[] request;
            do {
                request = Descriptors.read(fd, READ_BYTES);
            } while (request.length > 0);
        } catch (LinuxException e) {
            System.err.println(name + ": " + e.getMessage());
        } finally {
            Descriptors.close(fd);
        }
    }
}
