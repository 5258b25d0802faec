package io.socketbox.linux;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The class path of a child that gives up its privileges: folders of classes that only root can reach (those of a clone
 * in /root, say) are copied to where everybody can. Archives stay open in the child, so they need no copy.
 */
public final class ReadableClassPath {
    private static final Map<Path, Path> COPIES = new ConcurrentHashMap<>();

    private ReadableClassPath() {}

    /**
     * Replaces what others cannot read.
     *
     * @param classPath entries, separated as the platform does.
     * @return the same with copies, which live as long as this process.
     */
    public static String of(String classPath) {
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            Path path = Path.of(entry).toAbsolutePath();
            entries.add(
                    Files.isDirectory(path) && !isReachable(path)
                            ? COPIES.computeIfAbsent(path, ReadableClassPath::copy)
                                    .toString()
                            : entry);
        }
        return String.join(File.pathSeparator, entries);
    }

    private static boolean isReachable(Path path) {
        try {
            for (Path folder = path; folder != null; folder = folder.getParent()) {
                if (!Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copy(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            Path target = Files.createTempDirectory("socketbox-classes");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(target)));
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
            for (Path file : files.skip(1).toList()) {
                Files.copy(file, target.resolve(folder.relativize(file).toString()));
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
