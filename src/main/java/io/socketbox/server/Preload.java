package io.socketbox.server;

import io.socketbox.config.Configuration;
import io.socketbox.config.Endpoint;
import io.socketbox.program.SetupException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Makes ready for a life without files. After chroot(2) the virtual machine can open neither its own archives nor this
 * program's: what will be needed then has to be loaded before.
 *
 * <p>All classes of this program are loaded. Those of the JDK and of the libraries come out of archives that stay open
 * (or mapped) once something was read from them, so it suffices to touch each archive; what has to find services
 * or resources by name is executed once.
 */
final class Preload {
    private static final List<String> NOT_NEEDED =
            List.of("io/socketbox/bindings/aarch64/", "io/socketbox/demo/", "io/socketbox/inetd/");

    private Preload() {}

    /** Loads everything; takes some hundred milliseconds. */
    static void run() throws SetupException {
        try {
            loadOwnClasses();
            openAllArchives();
            renderTrace();
            readConfiguration();
        } catch (IOException | UncheckedIOException | URISyntaxException | ClassNotFoundException e) {
            throw new SetupException("loading what is needed after chroot: " + e, e);
        }
    }

    /**
     * Opens the archives that serving connections may need a class from. With a class cache none is open until a class
     * is wanted that the cache lacks; by then the descriptors may be spent. It takes a tenth of a start, and so comes
     * after it; {@code DescriptorShares} keeps descriptors for it. The class path is searched in order, and the archives
     * behind those two are left alone.
     */
    static void openArchives() {
        if (ClassLoader.getSystemResource("org/agrona/concurrent/AgentRunner.class") == null) {
            throw new IllegalStateException("Agrona is not on the class path");
        }
    }

    /**
     * Opens every archive of the class path, by asking for what none of them has: for a process that gives up the right to
     * read them.
     */
    static void openAllArchives() {
        if (ClassLoader.getSystemResource("io/socketbox/absent") != null) {
            throw new IllegalStateException("io/socketbox/absent is on the class path");
        }
    }

    private static void loadOwnClasses() throws IOException, URISyntaxException, ClassNotFoundException {
        URI origin = Preload.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        Path path = Path.of(origin);
        if (Files.isDirectory(path)) {
            loadAll(path);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(path)) {
                loadAll(jar.getPath("/"));
            }
        }
    }

    private static void loadAll(Path root) throws IOException, ClassNotFoundException {
        List<String> files;
        try (Stream<Path> below = Files.walk(root.resolve("io/socketbox"))) {
            files = below.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .filter(file -> NOT_NEEDED.stream().noneMatch(file::startsWith))
                    .toList();
        }
        for (String file : files) {
            String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
            Class.forName(name, false, Preload.class.getClassLoader());
        }
    }

    /** The way of an unexpected failure: a trace with a cause, and the formatter, which finds its locale by services. */
    private static void renderTrace() {
        IOException failure = new IOException("shown nowhere", new IllegalStateException());
        failure.addSuppressed(new IllegalArgumentException());
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        failure.printStackTrace(nowhere);
        nowhere.printf(Locale.ROOT, "%d %s %.1f", 1, "shown nowhere", 1.0);
    }

    /** A configuration with a mistake on every line, and one without. */
    private static void readConfiguration() {
        byte[] wrong = "rule-set:0\n  ip:x/999 prot:99999 jump-unix\n\trule\n".getBytes(StandardCharsets.UTF_8);
        try (Configuration configuration = Configuration.parse(wrong, "preload", true)) {
            configuration.renderDiagnostics();
        }
        byte[] right = """
                rule-set:0
                ip:2001:db8::/32 port:80,443 jump-map:0
                default jump-unix:/run/#//0_
                map-set:0
                match-lip:128
                ip:2001:db8::1 fail
                """.getBytes(StandardCharsets.UTF_8);
        try (Configuration configuration = Configuration.parse(right, "preload", true)) {
            configuration.summary();
            configuration.explain(new Endpoint(0, 1, 80), new Endpoint(0, 2, 81));
            configuration.compile().table().close();
        }
    }
}
