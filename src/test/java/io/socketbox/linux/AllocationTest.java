package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a dispatcher does with one connection, over and over: not one byte of garbage once warm. */
class AllocationTest {
    private static final int ROUNDS = 50_000;
    private static final int MAX_WARM_UPS = 20;

    @Test
    void theHotLoopAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.DGRAM);
        int bound = Sockets.socket(Sockets.AF_INET6, Sockets.STREAM);
        // Connections over a UNIX socket: tens of thousands of TCP ones would use up the ports.
        int listener = Sockets.socket(Sockets.AF_UNIX, Sockets.STREAM);
        String name = "\0socketbox-allocation-" + Processes.pid();
        try (HotCalls calls = new HotCalls(16)) {
            Sockets.bindInet6(bound, 0, 1, 0, 0);
            Sockets.bindUnix(listener, name);
            Sockets.listen(listener, 16);
            int event = Descriptors.eventFd();
            int epoll = calls.epollCreate();
            calls.epollAdd(epoll, event, Epoll.IN, 1);
            calls.epollAdd(epoll, pair[1], Epoll.IN, 2);

            long allocated = -1;
            long checksum = 0;
            for (int attempt = 0; allocated != 0 && attempt < MAX_WARM_UPS; attempt++) {
                // The bean's own answer costs a few bytes the first time; nothing is measured before it is warm.
                long before = threads.getThreadAllocatedBytes(thread);
                checksum = loop(calls, listener, name, bound, epoll, pair);
                allocated = threads.getThreadAllocatedBytes(thread) - before;
            }

            assertEquals(0, allocated, "bytes in " + ROUNDS + " rounds");
            assertEquals(ROUNDS * 4L, checksum, "every round did what it should");
            calls.close(epoll);
            calls.close(event);
            calls.close(listener);
            calls.close(bound);
            calls.close(pair[0]);
            calls.close(pair[1]);
        }
    }

    private static long loop(HotCalls calls, int listener, String name, int bound, int epoll, int[] pair) {
        long checksum = 0;
        for (int i = 0; i < ROUNDS; i++) {
            int client = calls.socket(Sockets.AF_UNIX, Sockets.STREAM | Sockets.CLOEXEC, 0);
            calls.connectUnix(client, name);
            int accepted = calls.accept4(listener);
            checksum += calls.peerFamily() == Sockets.AF_UNIX ? 1 : 0;
            calls.getsockname(bound);
            checksum += calls.localHi() + calls.localLo();
            checksum += calls.sendDescriptor(pair[0], accepted);
            calls.close(accepted);
            calls.close(client);
            int events = calls.epollWait(epoll, -1);
            for (int e = 0; e < events; e++) {
                if (calls.eventData(e) == 2 && (calls.eventMask(e) & Epoll.IN) != 0) {
                    checksum += calls.receiveDescriptor(pair[1], false);
                    calls.close(calls.receivedFd());
                }
            }
        }
        return checksum;
    }
}
