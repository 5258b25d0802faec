package io.socketbox.server;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.FileCalls;
import io.socketbox.linux.Processes;
import io.socketbox.linux.SpawnRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the program into the background ({@code -d}). A Java virtual machine cannot fork, so the same command is started
 * anew, in a session of its own and with every descriptor that this process was given, and goes to {@code /} by itself once it has opened
 * what relative paths name.
 */
final class Daemon {
    private static final String THIS_PROGRAM = "/proc/self/exe";

    private Daemon() {}

    /**
     * Starts the daemon and waits until it is ready or has failed; its messages go to the standard error of both.
     *
     * @param commandLine the command that this process was started with.
     * @return 0 when it is ready, else its exit code.
     */
    static int start(List<String> commandLine) {
        List<Integer> inherit = new ArrayList<>(InheritedDescriptors.find(commandLine));
        inherit.removeIf(fd -> fd <= 2);
        int[] pipe = Descriptors.pipe();
        inherit.add(pipe[1]);
        List<String> command = new ArrayList<>(commandLine);
        command.add(1, "-D" + Readiness.FD_PROPERTY + "=" + pipe[1]);
        String java = FileCalls.readLink(THIS_PROGRAM);
        int pid =
                Processes.spawn(new SpawnRequest(java, command).inherit(inherit).newSession());
        Descriptors.close(pipe[1]);
        return awaitReady(pipe[0]) ? ExitCode.OK : Processes.await(pid).code();
    }

    private static boolean awaitReady(int fd) {
        byte last = 0;
        for (byte[] said = Descriptors.read(fd, 1); said.length > 0; said = Descriptors.read(fd, 1)) {
            last = said[0];
            if (last == Readiness.READY) {
                return true;
            }
        }
        return last == Readiness.EXECUTING;
    }
}
