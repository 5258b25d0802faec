package io.socketbox.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.StreamCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two directions between real sockets, with peers that send, receive, pause and end as chance has it. */
class FlowTest {
    private static final int MOST_BYTES = 600_000;
    private static final int RUNS = 40;
    private static final int CHUNKS = 20_000;
    private static final int MAX_WARM_UPS = 20;

    private final HotCalls hot = new HotCalls(1);
    private final StreamCalls calls = new StreamCalls();

    @AfterEach
    void free() {
        calls.close();
        hot.close();
    }

    /** The far side of one of the relayed sockets. */
    private static final class Peer {
        private final int fd;
        private final byte[] toSend;
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private int sent;
        private boolean ended;
        private boolean sawEnd;

        Peer(int fd, Random random) {
            this.fd = fd;
            this.toSend = new byte[random.nextInt(MOST_BYTES)];
            random.nextBytes(toSend);
            Descriptors.setNonBlocking(fd, true);
        }

        void act(Random random) {
            int most = 1 + random.nextInt(random.nextBoolean() ? 100 : 200_000);
            try {
                if (random.nextBoolean()) {
                    byte[] got = Sockets.receive(fd, most);
                    received.writeBytes(got);
                    sawEnd |= got.length == 0;
                } else if (sent < toSend.length) {
                    sent += Sockets.send(fd, Arrays.copyOfRange(toSend, sent, Math.min(toSend.length, sent + most)));
                } else if (!ended) {
                    Sockets.shutdown(fd, Sockets.SHUT_WR);
                    ended = true;
                }
            } catch (LinuxException e) {
                assertEquals(Errno.EAGAIN, e.errno(), e::getMessage);
            }
        }
    }

    private int[] pair() {
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.STREAM);
        Descriptors.setNonBlocking(pair[0], true);
        return pair;
    }

    /** With enough pipes, with one for two directions, and with none, so that bytes are copied. */
    @ParameterizedTest
    @ValueSource(ints = {4, 1, 0})
    void whatGoesInComesOutInOrder(int pipes) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int before = Descriptors.list().size();
        try (PipePool pool = new PipePool(pipes)) {
            for (int i = 0; i < RUNS; i++) {
                run(random, pool);
            }
        }
        assertEquals(before, Descriptors.list().size(), "descriptors");
    }

    private void run(Random random, PipePool pool) {
        int[] left = pair();
        int[] right = pair();
        Peer client = new Peer(left[1], random);
        Peer target = new Peer(right[1], random);
        End clientEnd = new End(left[0]);
        End targetEnd = new End(right[0]);
        Flow up = new Flow(clientEnd, targetEnd);
        Flow down = new Flow(targetEnd, clientEnd);
        while (!(client.sawEnd && target.sawEnd)) {
            switch (random.nextInt(4)) {
                case 0 -> client.act(random);
                case 1 -> target.act(random);
                case 2 -> turn(up, clientEnd, targetEnd, pool);
                default -> turn(down, targetEnd, clientEnd, pool);
            }
        }
        assertArrayEquals(client.toSend, target.received.toByteArray());
        assertArrayEquals(target.toSend, client.received.toByteArray());
        assertEquals(client.toSend.length, up.bytes());
        assertEquals(target.toSend.length, down.bytes());
        assertTrue(up.isOver() && down.isOver() && up.errno() == 0 && down.errno() == 0);
        for (int fd : new int[] {left[0], left[1], right[0], right[1]}) {
            Descriptors.close(fd);
        }
    }

    /** As the agent does, but readiness is not waited for. */
    private void turn(Flow flow, End from, End to, PipePool pool) {
        from.readable = true;
        to.writable = true;
        flow.turn(hot, calls, pool);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0})
    void aReceiverThatIsGoneEndsItsDirection(int pipes) {
        int[] left = pair();
        int[] right = pair();
        try (PipePool pool = new PipePool(pipes)) {
            Descriptors.close(right[1]);
            Sockets.send(left[1], new byte[10]);
            Flow up = new Flow(new End(left[0]), new End(right[0]));
            assertFalse(up.turn(hot, calls, pool));
            assertTrue(up.isOver() && up.receiverFailed());
            assertEquals(Errno.EPIPE, up.errno());
            up.release(pool);
        }
        Descriptors.close(left[0]);
        Descriptors.close(left[1]);
        Descriptors.close(right[0]);
    }

    /** Messages that are received and sent, that go through a pipe, and that are peeked at: no garbage once warm. */
    @ParameterizedTest
    @CsvSource({"1, 100", "1, 100000", "0, 100"})
    void nothingIsAllocatedForAChunk(int pipes, int size) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int[] left = pair();
        int[] right = pair();
        Descriptors.setNonBlocking(right[1], true);
        byte[] message = new byte[Math.min(size, StreamCalls.PEEK_BYTES)];
        try (PipePool pool = new PipePool(pipes);
                StreamCalls peers = new StreamCalls()) {
            End from = new End(left[0]);
            End to = new End(right[0]);
            Flow flow = new Flow(from, to);
            long allocated = -1;
            for (int attempt = 0; allocated != 0 && attempt < MAX_WARM_UPS; attempt++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                long moved = flow.bytes();
                for (int i = 0; i < CHUNKS; i++) {
                    for (int sent = 0; sent < size; sent += message.length) {
                        peers.send(left[1], message, 0);
                    }
                    from.ready(Epoll.IN);
                    to.ready(Epoll.OUT);
                    flow.turn(hot, calls, pool);
                    while (peers.receive(right[1]) > 0) {
                        // reads all there is
                    }
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertTrue(flow.bytes() - moved >= CHUNKS, "something was moved each time");
            }
            assertEquals(0, allocated, "bytes for " + CHUNKS + " chunks");
            flow.release(pool);
        }
        for (int fd : new int[] {left[0], left[1], right[0], right[1]}) {
            Descriptors.close(fd);
        }
    }

    /** Telnet's interrupt and FTP's ABOR come so: a read stops at them, and what is behind them is not told again. */
    @Test
    void urgentDataHoldsNothingUp() throws IOException {
        int listener = Sockets.socket(Sockets.AF_INET6, Sockets.STREAM);
        Sockets.bindInet6(listener, 0, 1, 0, 0);
        Sockets.listen(listener, 1);
        hot.getsockname(listener);
        try (Socket client = new Socket("::1", hot.localPort());
                PipePool pool = new PipePool(1)) {
            int[] right = pair();
            Descriptors.setNonBlocking(right[1], true);
            int accepted = hot.accept4(listener);
            Descriptors.setNonBlocking(accepted, true);
            client.setTcpNoDelay(true);
            client.getOutputStream().write(new byte[10]);
            client.sendUrgentData('!');
            client.getOutputStream().write(new byte[20]);
            int epoll = hot.epollCreate();
            End from = new End(accepted);
            assertEquals(0, hot.epollAdd(epoll, accepted, Relay.EVENTS, 0));
            Flow flow = new Flow(from, new End(right[0]));
            for (int i = 0; flow.bytes() < 30 && i < 100; i++) {
                assertEquals(1, hot.epollWait(epoll, 10_000), () -> "no event after " + flow.bytes() + " bytes");
                from.ready(hot.eventMask(0));
                flow.turn(hot, calls, pool);
            }
            assertEquals(30, flow.bytes());
            for (int fd : new int[] {listener, accepted, epoll, right[0], right[1]}) {
                Descriptors.close(fd);
            }
        }
    }

    @Test
    void aPipeIsHeldOnlyWhileThereIsSomethingInIt() {
        int[] left = pair();
        int[] right = pair();
        try (PipePool pool = new PipePool(1)) {
            Flow up = new Flow(new End(left[0]), new End(right[0]));
            Sockets.send(left[1], new byte[10]);
            assertFalse(up.turn(hot, calls, pool));
            assertEquals(10, up.bytes());
            Pipe free = pool.take();
            assertTrue(free != null);
            assertEquals(null, pool.take());
            pool.give(free);
        }
        for (int fd : new int[] {left[0], left[1], right[0], right[1]}) {
            Descriptors.close(fd);
        }
    }
}
