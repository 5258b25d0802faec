package io.socketbox.server;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The descriptors that this process was started with, as opposed to those that the Java virtual machine opened: it
 * leaves its class archives without close-on-exec.
 */
final class InheritedDescriptors {
    private static final String AOT_CACHE = "-XX:AOTCache=";

    private InheritedDescriptors() {}

    /**
     * Finds them. What this program opens is close-on-exec, which nothing inherited can be.
     *
     * @param commandLine of this process, for the place of the class cache.
     * @return their numbers, ascending.
     */
    static List<Integer> find(List<String> commandLine) {
        List<String> machineFiles = machineFiles(commandLine);
        List<Integer> inherited = new ArrayList<>();
        for (Map.Entry<Integer, String> open : Descriptors.list().entrySet()) {
            if (machineFiles.stream().noneMatch(open.getValue()::startsWith) && isKeptOnExec(open.getKey())) {
                inherited.add(open.getKey());
            }
        }
        return inherited;
    }

    private static List<String> machineFiles(List<String> commandLine) {
        List<String> files = new ArrayList<>();
        files.add(System.getProperty("java.home") + "/lib/");
        String home = System.getProperty("socketbox.home");
        if (home != null) {
            files.add(home + "/lib/");
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (entry.endsWith(".jar")) {
                files.add(entry);
            }
        }
        commandLine.stream()
                .filter(argument -> argument.startsWith(AOT_CACHE))
                .forEach(argument -> files.add(argument.substring(AOT_CACHE.length())));
        return files;
    }

    private static boolean isKeptOnExec(int fd) {
        try {
            return !Descriptors.isCloseOnExec(fd);
        } catch (LinuxException closedMeanwhile) {
            return false;
        }
    }
}
