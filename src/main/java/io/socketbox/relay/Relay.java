package io.socketbox.relay;

import static io.socketbox.receive.Deadline.NEVER;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Epoll;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.SocketOption;
import io.socketbox.linux.Sockets;

/**
 * One connection: it looks for a target that answers, says who the client is, and relays until both directions have
 * ended. For the agent's thread; owns its two descriptors, which are closed when it {@link #isOver}.
 */
final class Relay {
    /** What is waited for on both sockets. */
    static final int EVENTS = Epoll.IN | Epoll.PRI | Epoll.OUT | Epoll.RDHUP | Epoll.ET;

    /** The same without what every piece that arrives tells; the kernel calls each of them urgent as well. */
    private static final int EVENTS_DEAF = EVENTS & ~(Epoll.IN | Epoll.PRI);

    private static final long RETRY_NS = 10_000_000L;

    private final int id;
    private final long clientTag;
    private final long targetTag;
    private final Service service;
    private final RelaySpec spec;
    private final Loop loop;
    private final Client client;
    private final End clientEnd;
    private final int firstTarget;
    private final long startNs;
    private int tried;
    private Target target;
    private End targetEnd;
    private boolean connecting;
    private byte[] header;
    private int headerSent;
    private Flow up;
    private Flow down;
    private String failures = "";
    private long connectByNs;
    private long lastMoveNs;
    private long dueNs = NEVER;
    private long askedNs = NEVER;
    private boolean queued;
    private boolean over;

    /**
     * Not connecting yet.
     *
     * @param id with which the agent finds it.
     * @param clientTag event data of the client's socket.
     * @param targetTag of the target's.
     * @param fd the client's socket; owned from here on.
     * @throws LinuxException when the socket cannot be used; it stays the caller's then.
     */
    Relay(int id, long clientTag, long targetTag, Service service, Client client, int fd, Loop loop, long nowNs) {
        this.id = id;
        this.clientTag = clientTag;
        this.targetTag = targetTag;
        this.service = service;
        this.spec = service.spec();
        this.loop = loop;
        this.client = client;
        this.clientEnd = new End(fd);
        this.firstTarget = service.chooseTarget();
        this.startNs = nowNs;
        this.lastMoveNs = nowNs;
        Descriptors.setNonBlocking(fd, true);
        if (client.isInternet()) {
            Sockets.setOption(fd, SocketOption.TCP_NODELAY, 1);
        }
        if (loop.hot().epollAdd(loop.epollFd(), fd, EVENTS, clientTag) != 0) {
            throw new LinuxException("epoll_ctl for a client", loop.hot().errno());
        }
    }

    int id() {
        return id;
    }

    /** Tries targets until one is connected or connecting; without any left, the client is reset. */
    void connect(long nowNs) {
        while (!over && !connecting && up == null) {
            if (tried == spec.targets().size()) {
                finish(true, "no target", nowNs);
                return;
            }
            target = mapped(
                    spec.targets().get((firstTarget + tried) % spec.targets().size()));
            tried++;
            connectByNs = nowNs + spec.connectTimeoutNs();
            attempt(nowNs);
        }
    }

    private Target mapped(Target configured) {
        return spec.nat64() == null ? configured : spec.nat64().map(configured, client.localLo(), client.localPort());
    }

    private void attempt(long nowNs) {
        try {
            int fd = Connector.connect(target, spec.transparent() ? client : null, loop.hot(), loop.calls());
            if (loop.hot().epollAdd(loop.epollFd(), fd, EVENTS, targetTag) != 0) {
                int errno = loop.hot().errno();
                loop.hot().close(fd);
                throw new LinuxException("epoll_ctl", errno);
            }
            targetEnd = new End(fd);
            connecting = true;
            dueNs = connectByNs;
        } catch (LinuxException e) {
            if (isPassing(e.errno()) && nowNs < connectByNs) {
                connecting = true;
                dueNs = Math.min(connectByNs, nowNs + RETRY_NS);
                if (e.errno() != Errno.EAGAIN) {
                    service.lacks(e.getMessage(), nowNs);
                }
            } else {
                targetFailed(e.getMessage());
            }
        }
    }

    /** A UNIX socket's backlog is full, or this process or the machine is short of something: nothing is wrong with it. */
    private static boolean isPassing(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.ENOBUFS -> true;
            default -> false;
        };
    }

    private void targetFailed(String why) {
        failures += "; " + target.display() + ": " + why;
        connecting = false;
        if (targetEnd != null) {
            loop.hot().close(targetEnd.fd);
            targetEnd = null;
        }
    }

    /** The client's socket is ready for {@code mask}. */
    void clientReady(int mask) {
        clientEnd.ready(mask);
    }

    /** The target's socket is ready for {@code mask}. */
    void targetReady(int mask, long nowNs) {
        if (connecting && targetEnd != null) {
            int error = loop.calls().takeError(targetEnd.fd);
            if (error != 0) {
                targetFailed(Errno.describe(error < 0 ? loop.calls().errno() : error));
                connect(nowNs);
                return;
            }
            connected(nowNs);
        }
        if (targetEnd != null) {
            targetEnd.ready(mask);
        }
    }

    private void connected(long nowNs) {
        connecting = false;
        header = ProxyHeader.of(spec.proxy(), client);
        up = new Flow(clientEnd, targetEnd);
        down = new Flow(targetEnd, clientEnd);
        lastMoveNs = nowNs;
        dueNs = spec.idleTimeoutNs() == NEVER ? NEVER : nowNs + spec.idleTimeoutNs();
    }

    /**
     * Moves bytes.
     *
     * @return whether it could go on at once.
     */
    boolean turn(long nowNs) {
        if (over || up == null) {
            return false;
        }
        long before = up.bytes() + down.bytes();
        boolean more = sendHeader(nowNs) && up.turn(loop.hot(), loop.calls(), loop.pipes());
        if (over) {
            return false;
        }
        more |= down.turn(loop.hot(), loop.calls(), loop.pipes());
        long moved = up.bytes() + down.bytes() - before;
        if (moved > 0) {
            lastMoveNs = nowNs;
            // A receiver that is full tells only when it has room for much.
            if (clientEnd.writable && targetEnd.writable) {
                loop.gathering().moved(moved);
            }
        }
        conclude(nowNs);
        if (!over) {
            listen(clientEnd, clientTag, targetEnd);
            listen(targetEnd, targetTag, clientEnd);
        }
        return more && !over;
    }

    /**
     * While a receiver takes nothing, each piece that arrives for it would wake the agent in vain, until the sender's
     * socket is full: what arrives is told again when nothing is left in it.
     */
    private void listen(End from, long tag, End to) {
        boolean deaf = from.readable && (from.deaf || !to.writable);
        if (deaf != from.deaf) {
            from.deaf = deaf;
            int events = deaf ? EVENTS_DEAF : EVENTS;
            if (loop.hot().epollModify(loop.epollFd(), from.fd, events, tag) != 0) {
                throw new LinuxException(
                        "epoll_ctl for a relayed connection", loop.hot().errno());
            }
        }
    }

    /** Whether all of it is sent. */
    private boolean sendHeader(long nowNs) {
        while (headerSent < header.length && targetEnd.writable) {
            int sent = loop.calls().send(targetEnd.fd, header, headerSent);
            if (sent >= 0) {
                headerSent += sent;
            } else if (loop.calls().errno() == Errno.EAGAIN) {
                targetEnd.writable = false;
            } else if (loop.calls().errno() != Errno.EINTR) {
                finish(true, "the target failed: " + Errno.describe(loop.calls().errno()), nowNs);
                return false;
            }
        }
        return headerSent == header.length;
    }

    /**
     * Who cannot receive may still have sent something before, as a server does that refuses a request and closes: that is
     * relayed first. Who failed at sending has nothing more.
     */
    private void conclude(long nowNs) {
        if (over) {
            return;
        }
        if (up.errno() != 0 && !up.receiverFailed()) {
            finish(true, "the client failed: " + Errno.describe(up.errno()), nowNs);
        } else if (down.errno() != 0 && !down.receiverFailed()) {
            finish(true, "the target failed: " + Errno.describe(down.errno()), nowNs);
        } else if (up.isOver() && down.isOver()) {
            if (down.errno() != 0) {
                finish(true, "the client failed: " + Errno.describe(down.errno()), nowNs);
            } else {
                finish(false, up.errno() == 0 ? "ended" : "ended by the target", nowNs);
            }
        }
    }

    /** When {@link #expire} is due, or {@link io.socketbox.receive.Deadline#NEVER}. */
    long dueNs() {
        return dueNs;
    }

    /** The same if it has changed since this was asked last, else {@link io.socketbox.receive.Deadline#NEVER}. */
    long newDueNs() {
        long due = dueNs == askedNs ? NEVER : dueNs;
        askedNs = dueNs;
        return due;
    }

    /** Whether it waits for its turn in the agent's queue; the agent's own mark. */
    boolean isQueued() {
        return queued;
    }

    void setQueued(boolean queued) {
        this.queued = queued;
    }

    /** Time has passed: tries the next target, or ends an idle connection. */
    void expire(long nowNs) {
        if (up != null) {
            if (nowNs - lastMoveNs >= spec.idleTimeoutNs()) {
                finish(true, "idle for too long", nowNs);
            } else {
                dueNs = lastMoveNs + spec.idleTimeoutNs();
            }
        } else if (nowNs >= connectByNs) {
            targetFailed("no answer in time");
            connect(nowNs);
        } else {
            connecting = false;
            attempt(nowNs);
            connect(nowNs);
        }
    }

    /** Ends it at once. */
    void abort(String why, long nowNs) {
        if (!over) {
            finish(true, why, nowNs);
        }
    }

    boolean isOver() {
        return over;
    }

    private void finish(boolean reset, String why, long nowNs) {
        over = true;
        dueNs = NEVER;
        long sent = up == null ? 0 : up.bytes();
        long received = down == null ? 0 : down.bytes();
        if (up != null) {
            up.release(loop.pipes());
            down.release(loop.pipes());
        }
        // Whoever sent the socket may have it still: then close(2) alone would not remove it from the epoll instance.
        loop.hot().epollDelete(loop.epollFd(), clientEnd.fd);
        close(clientEnd.fd, reset);
        if (targetEnd != null) {
            close(targetEnd.fd, reset);
        }
        long ms = (nowNs - startNs) / 1_000_000;
        loop.log()
                .offer(service.name() + ": " + client.display() + (target == null ? "" : " by " + target.display())
                        + ": " + sent + " bytes sent, " + received + " received, " + ms / 1000 + "."
                        + ms / 100 % 10 + ms / 10 % 10 + ms % 10 + " s: " + why + failures);
    }

    private void close(int fd, boolean reset) {
        if (reset) {
            Sockets.setLinger(fd, 0);
        }
        loop.hot().close(fd);
    }
}
