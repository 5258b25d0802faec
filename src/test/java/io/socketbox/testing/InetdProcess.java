package io.socketbox.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A socketbox-inetd or socketbox-inetd-p of its own, and what its log says of its children. Thread-safe. */
public final class InetdProcess implements AutoCloseable {
    /** A child that gives {@link LoadClient} its answer, made of what its environment says. */
    public static final String ANSWER =
            "read token; echo inetd $token $TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT 10 true";

    private static final Pattern STARTED = Pattern.compile(": pid (\\d+) started for (\\S+)");
    private static final Pattern ENDED = Pattern.compile(": pid (\\d+) for (\\S+) ended: (.*) after [\\d.]+ s");

    private final ServerProcess process;

    private InetdProcess(ServerProcess process) {
        this.process = process;
    }

    /** Starts socketbox-inetd in the scene's namespace and waits until it is ready. */
    public static InetdProcess start(Scene scene, String... arguments) {
        return start(scene, "socketbox-inetd", List.of(), arguments);
    }

    /** The same for one of the two programs, with a command around it. */
    public static InetdProcess start(Scene scene, String program, List<String> wrapper, String... arguments) {
        InetdProcess inetd = launch(scene, program, wrapper, arguments);
        inetd.awaitLine("ready: ");
        return inetd;
    }

    /** The same without waiting. */
    public static InetdProcess launch(Scene scene, String program, List<String> wrapper, String... arguments) {
        return launch(scene, scene.netns(), program, wrapper, arguments);
    }

    /** socketbox-inetd in a namespace of its own, without any network, ready. */
    public static InetdProcess startElsewhere(Scene scene, String... arguments) {
        InetdProcess inetd = launch(scene, scene.anotherNetns(), "socketbox-inetd", List.of(), arguments);
        inetd.awaitLine("ready: ");
        return inetd;
    }

    private static InetdProcess launch(
            Scene scene, Netns netns, String program, List<String> wrapper, String... arguments) {
        return scene.with(
                new InetdProcess(ServerProcess.launch(netns, program, Arrays.asList(arguments), List.of(), wrapper)));
    }

    public ServerProcess process() {
        return process;
    }

    /** Waits for a line that contains {@code part}. */
    public String awaitLine(String part) {
        return process.awaitLine(line -> line.contains(part));
    }

    /** The clients of the children that were started, in order. */
    public List<String> startedFor() {
        List<String> clients = new ArrayList<>();
        for (String line : process.lines()) {
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                clients.add(started.group(2));
            }
        }
        return clients;
    }

    /** How children ended, in order. */
    public List<String> ends() {
        List<String> ends = new ArrayList<>();
        for (String line : process.lines()) {
            Matcher ended = ENDED.matcher(line);
            if (ended.find()) {
                ends.add(ended.group(3));
            }
        }
        return ends;
    }

    /** Waits until so many children were started. */
    public void awaitStarted(int count) {
        Await.until(count + " started", () -> startedFor().size() >= count);
    }

    /** Waits until so many have ended. */
    public void awaitEnded(int count) {
        Await.until(count + " ended", () -> ends().size() >= count);
    }

    /** The most children that there were at once, as the log has it. */
    public int mostAtOnce() {
        int now = 0;
        int most = 0;
        for (String line : process.lines()) {
            if (STARTED.matcher(line).find()) {
                most = Math.max(most, ++now);
            } else if (ENDED.matcher(line).find()) {
                now--;
            }
        }
        return most;
    }

    @Override
    public void close() {
        process.close();
    }
}
