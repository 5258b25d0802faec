package io.socketbox.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes a number of TCP connections, so many at a time, sends a token on each and waits for the answer of a
 * {@link TestReceiver}. Every connection ends in exactly one of the counts of {@link Result}.
 *
 * <p>One thread with a selector does the work; the other methods may be called from any thread.
 */
public final class LoadClient {
    private final List<InetSocketAddress> targets;
    private final int total;
    private final int inFlight;
    private final long timeoutMs;
    private final FutureTask<Result> task = new FutureTask<>(this::run);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private int finished;
    private boolean over;

    private final List<Answer> answers = new ArrayList<>();
    private final List<String> surprises = new ArrayList<>();
    private int started;
    private int refused;
    private int reset;
    private int closed;
    private int wrong;

    private LoadClient(List<InetSocketAddress> targets, int total, int inFlight, long timeoutMs) {
        this.targets = targets;
        this.total = total;
        this.inFlight = inFlight;
        this.timeoutMs = timeoutMs;
    }

    /**
     * How all connections ended.
     *
     * @param answered got the right answer to their token.
     * @param refused were not accepted by the kernel (ECONNREFUSED).
     * @param reset were ended by a reset before the answer.
     * @param closed were ended in an orderly way before the answer.
     * @param wrong got an answer that does not fit token or addresses.
     * @param unfinished were waiting when the time was up.
     * @param answers what the receivers said, in the order in which it arrived.
     * @param surprises the first few errors, for messages.
     */
    public record Result(
            int answered,
            int refused,
            int reset,
            int closed,
            int wrong,
            int unfinished,
            List<Answer> answers,
            List<String> surprises) {

        /** Connections without the answer they should have had. */
        public int lost() {
            return refused + reset + closed + wrong + unfinished;
        }

        /** How many connections each receiver answered. */
        public Map<String, Integer> byReceiver() {
            Map<String, Integer> counts = new TreeMap<>();
            answers.forEach(a -> counts.merge(a.receiver(), 1, Integer::sum));
            return counts;
        }

        @Override
        public String toString() {
            return "answered " + answered + ", refused " + refused + ", reset " + reset + ", closed " + closed
                    + ", wrong " + wrong + ", unfinished " + unfinished + " " + byReceiver() + " " + surprises;
        }
    }

    /**
     * Starts {@code total} connections inside {@code netns}, to {@code targets} in turn.
     *
     * @param inFlight how many there are at a time.
     * @param timeoutMs when to give up on all that is left.
     */
    public static LoadClient start(
            Netns netns, List<InetSocketAddress> targets, int total, int inFlight, long timeoutMs) {
        LoadClient client = new LoadClient(List.copyOf(targets), total, inFlight, timeoutMs);
        Thread.ofPlatform()
                .daemon()
                .name("load")
                .start(() -> netns.call(() -> {
                    client.task.run();
                    return null;
                }));
        return client;
    }

    /** {@link #start} and {@link #result} in one. */
    public static Result run(Netns netns, List<InetSocketAddress> targets, int total, int inFlight, long timeoutMs) {
        return start(netns, targets, total, inFlight, timeoutMs).result();
    }

    /** One connection's answer. */
    public static Answer one(Netns netns, InetSocketAddress target) {
        Result result = run(netns, List.of(target), 1, 1, 20_000);
        if (result.answered() != 1) {
            throw new AssertionError(target + ": " + result);
        }
        return result.answers().getFirst();
    }

    /** Waits until {@code count} connections have ended, one way or another, or the time is up. */
    public void awaitFinished(int count) {
        lock.lock();
        try {
            while (finished < count && !over) {
                progress.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many connections have ended so far. */
    public int finished() {
        lock.lock();
        try {
            return finished;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end. */
    public Result result() {
        try {
            return task.get(timeoutMs + 10_000, TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** One connection that is under way. */
    private static final class Connection {
        final InetSocketAddress target;
        final String token;
        final ByteBuffer in = ByteBuffer.allocate(512);

        Connection(InetSocketAddress target, String token) {
            this.target = target;
            this.token = token;
        }
    }

    private Result run() throws IOException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        try (Selector selector = Selector.open()) {
            try {
                int done = 0;
                while (done < total && System.nanoTime() < deadlineNs) {
                    int before = done;
                    while (started < total && started - done < inFlight) {
                        done += open(selector, started++);
                    }
                    selector.select(100);
                    for (SelectionKey key : selector.selectedKeys()) {
                        done += advance(key);
                    }
                    selector.selectedKeys().clear();
                    report(before, done);
                }
                int unfinished = total - done;
                return new Result(
                        answers.size(), refused, reset, closed, wrong, unfinished, answers, List.copyOf(surprises));
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
        } finally {
            lock.lock();
            over = true;
            progress.signalAll();
            lock.unlock();
        }
    }

    private void report(int before, int done) {
        if (before != done) {
            lock.lock();
            finished = done;
            progress.signalAll();
            lock.unlock();
        }
    }

    /** Starts a connection. @return 1 when it has ended already, else 0. */
    private int open(Selector selector, int number) throws IOException {
        InetSocketAddress target = targets.get(number % targets.size());
        boolean four = target.getAddress() instanceof Inet4Address;
        SocketChannel channel = SocketChannel.open(four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        channel.configureBlocking(false);
        Connection connection = new Connection(target, "t" + number);
        try {
            boolean connected = channel.connect(target);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, connection);
            if (connected) {
                sendToken(key);
            }
            return 0;
        } catch (IOException e) {
            return failed(channel, e);
        }
    }

    /** Does what the selected {@code key} is ready for. @return 1 when its connection has ended, else 0. */
    private int advance(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                sendToken(key);
                return 0;
            }
            Connection connection = (Connection) key.attachment();
            if (channel.read(connection.in) >= 0) {
                return 0;
            }
            judge(channel, connection);
            channel.close();
            return 1;
        } catch (IOException e) {
            return failed(channel, e);
        }
    }

    private static void sendToken(SelectionKey key) throws IOException {
        String line = ((Connection) key.attachment()).token + "\n";
        ((SocketChannel) key.channel()).write(ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1)));
        key.interestOps(SelectionKey.OP_READ);
    }

    private void judge(SocketChannel channel, Connection connection) throws IOException {
        String text = new String(connection.in.array(), 0, connection.in.position(), StandardCharsets.ISO_8859_1);
        Optional<Answer> answer = Answer.parse(text);
        if (answer.isEmpty()) {
            closed++;
            surprise(connection.token + " closed with '" + text + "'");
        } else if (answer.get().fits(connection.token, (InetSocketAddress) channel.getLocalAddress())) {
            answers.add(answer.get());
        } else {
            wrong++;
            surprise(connection.token + " from " + channel.getLocalAddress() + " got " + answer.get());
        }
    }

    private int failed(SocketChannel channel, IOException e) throws IOException {
        if (e instanceof ConnectException && String.valueOf(e.getMessage()).contains("refused")) {
            refused++;
        } else {
            reset++;
        }
        surprise(e.toString());
        channel.close();
        return 1;
    }

    private void surprise(String what) {
        if (surprises.size() < 5) {
            surprises.add(what);
        }
    }
}
