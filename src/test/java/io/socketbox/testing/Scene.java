package io.socketbox.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The stage of one test: a namespace to which all of 2001:db8::/64 and 192.0.2.0/24 are local (AnyIP), and a folder
 * for socket files. Everything that is made through it is closed and removed by {@link #close}, last first.
 */
public final class Scene implements AutoCloseable {
    /** Messages that a datagram receiver's kernel queue holds: net.unix.max_dgram_qlen of 10, and one more. */
    public static final int KERNEL_QUEUE = 11;

    /** The addresses of {@link #clients}. */
    public static final String CLIENT_IPV6 = "2001:db8:1::2";

    public static final String CLIENT_IPV4 = "198.51.100.2";

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Path folder;
    private final Netns netns;
    private Netns clients;

    public Scene() {
        try {
            folder = Files.createTempDirectory("skbt");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.push(this::removeFolder);
        netns = with(Netns.create());
        netns.anyIp("2001:db8::/64").anyIp("192.0.2.0/24").sysctl("net/unix/max_dgram_qlen", "10");
    }

    /** Lets other users reach the files in the folder. */
    public void letOthersIn() {
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An address and port to connect to. */
    public static InetSocketAddress at(String address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), port);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code count} different AnyIP addresses, port 80. */
    public static List<InetSocketAddress> addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> at("2001:db8::" + Integer.toHexString(i + 1), 80))
                .toList();
    }

    /** The namespace in which server and clients are unless a test says otherwise. */
    public Netns netns() {
        return netns;
    }

    /** One more namespace, with the same short socket queues. */
    public Netns anotherNetns() {
        return with(Netns.create()).sysctl("net/unix/max_dgram_qlen", "10");
    }

    /** A namespace for clients alone, from which the scene's addresses are reached through a pair of veth devices. */
    public Netns clients() {
        if (clients == null) {
            clients = with(Netns.create());
            Netns.link(clients, "out", netns, "in");
            netns.address("in", "2001:db8:1::1/64").address("in", "198.51.100.1/24");
            clients.address("out", CLIENT_IPV6 + "/64").address("out", CLIENT_IPV4 + "/24");
            clients.ip("-6 route add 2001:db8::/64 via 2001:db8:1::1");
            clients.ip("-4 route add 192.0.2.0/24 via 198.51.100.1");
        }
        return clients;
    }

    /** A path in the scene's folder. */
    public Path path(String name) {
        return folder.resolve(name);
    }

    /** Closes {@code resource} with the scene. */
    public <T extends AutoCloseable> T with(T resource) {
        open.push(resource);
        return resource;
    }

    /** A {@link TestReceiver#fast} called {@code name} at the path of that name. */
    public TestReceiver fast(String name) {
        return with(TestReceiver.fast(netns, name, path(name)));
    }

    /** A {@link TestReceiver#slow} called {@code name} at the path of that name. */
    public TestReceiver slow(String name, int delayMs) {
        return with(TestReceiver.slow(netns, name, path(name), delayMs));
    }

    /** A {@link TestReceiver#stuck} called {@code name} at the path of that name. */
    public TestReceiver stuck(String name) {
        return with(TestReceiver.stuck(netns, name, path(name)));
    }

    /** A configuration file; {@code @NAME} in it stands for the path of that name. */
    public Path config(String text) {
        Path file = path("conf-" + open.size());
        try {
            return Files.writeString(file, text.replace("@", folder + "/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server on port 80 with a {@link #config}, ready. */
    public ServerProcess server(String config, String... arguments) {
        return server(List.of(), List.of(), config, arguments);
    }

    /** The same for a destination that a loaded machine makes slow: connections wait for it as long as it takes. */
    public ServerProcess patientServer(String config, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--handoff-timeout", "60m"));
        all.addAll(List.of(arguments));
        return server(config, all.toArray(String[]::new));
    }

    /** {@link #server} with descriptors 3, 4, … and a command around it. */
    public ServerProcess server(List<Integer> inherited, List<String> wrapper, String config, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-f", config(config).toString()));
        all.addAll(List.of(arguments));
        return with(ServerProcess.start(netns, all, inherited, wrapper));
    }

    @Override
    public void close() {
        RuntimeException first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = new IllegalStateException("cleaning up", e);
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void removeFolder() throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
