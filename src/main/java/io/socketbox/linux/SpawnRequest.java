package io.socketbox.linux;

import java.util.List;

/**
 * A program to start. Strings are byte strings.
 *
 * @param path the program; without a slash it is looked for in PATH
 * @param arguments including argv[0]
 * @param environment {@code NAME=value} strings
 * @param inherit descriptors from 3 up that the program keeps under their numbers; 0 to 2 are always kept
 * @param directory its working directory, or null for this process's
 * @param newSession whether it leads a session of its own (setsid(2))
 */
public record SpawnRequest(
        String path,
        List<String> arguments,
        List<String> environment,
        List<Integer> inherit,
        String directory,
        boolean newSession) {}
