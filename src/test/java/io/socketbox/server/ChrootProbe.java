package io.socketbox.server;

import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.program.Privileges;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;

/** A program that changes root as the server does, and then needs what a failing server needs. */
final class ChrootProbe {
    private ChrootProbe() {}

    /** The argument is the new root. */
    public static void main(String[] args) throws Exception {
        EventLog log = new EventLog(new FileOutputStream(FileDescriptor.err));
        Preload.run();
        Privileges.changeRoot(args[0]);
        log.write("in " + args[0]);
        log.write(String.format(Locale.ROOT, "formatted %,d %s %.2f %08x", 1234567, List.of("a"), 1.5, 255));
        try {
            Sockets.connectUnix(Sockets.socket(Sockets.AF_UNIX, Sockets.DGRAM), "/none");
        } catch (LinuxException e) {
            StringWriter trace = new StringWriter();
            new IllegalStateException("wrapped", e).printStackTrace(new PrintWriter(trace));
            log.write("traced " + trace);
        }
        Thread failing = new Thread(() -> List.of(1).get(Integer.parseInt("7")), "failing");
        failing.start();
        failing.join();
        log.repeat("an event").hit(System.nanoTime());
        log.finish();
        throw new IllegalStateException("uncaught in main");
    }
}
