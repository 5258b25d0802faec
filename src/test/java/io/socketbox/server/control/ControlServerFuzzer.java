package io.socketbox.server.control;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.program.PrivilegePlan;
import io.socketbox.program.SetupException;
import io.socketbox.testing.Fuzzed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Any bytes to a control socket, in two pieces: each client is answered once, and the server's log stays empty. */
public final class ControlServerFuzzer {
    private static final int CHUNK = 4096;

    private ControlServerFuzzer() {}

    /** Called for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException, SetupException {
        Path folder = Files.createTempDirectory("control");
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        EventLog events = new EventLog(log);
        String path = folder.resolve("control").toString();
        ControlSocket socket = ControlSocket.open(
                path, new PrivilegePlan(OptionalInt.empty(), OptionalInt.empty(), Optional.empty()), events);
        ControlServer server = new ControlServer(socket, events);
        server.start(Map.of("status", request -> request.arguments() + "\n", "refuse", request -> {
            throw new SetupException("refused");
        }));
        try {
            String answer = ask(path, input);
            Fuzzed.check(answer.matches("(?s)(ok\n\\[.*]|error: [^\n]*)\n"), "answer", answer);
            Fuzzed.check(log.size() == 0, "log", log.toString(StandardCharsets.UTF_8));
        } finally {
            server.stop();
            socket.close();
            Files.delete(folder);
        }
    }

    private static String ask(String path, byte[] input) {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.STREAM);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            Sockets.connectUnix(fd, path);
            say(fd, Arrays.copyOf(input, input.length / 2));
            say(fd, Arrays.copyOfRange(input, input.length / 2, input.length));
            Sockets.shutdown(fd, Sockets.SHUT_WR);
            byte[] bytes;
            while ((bytes = Sockets.receive(fd, CHUNK)).length > 0) {
                answer.writeBytes(bytes);
            }
        } catch (LinuxException cutOff) {
            // It had not read all that was said when it closed: an answer that had come is lost then.
            return "error: \n";
        } finally {
            Descriptors.close(fd);
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    private static void say(int fd, byte[] bytes) {
        if (bytes.length > 0) {
            Sockets.send(fd, bytes);
        }
    }
}
