package io.socketbox.relay;

import static io.socketbox.receive.Deadline.NEVER;

import io.socketbox.linux.LinuxException;
import io.socketbox.receive.Renewal;

/** One service at work: its source, and where its connections go next. For the agent's thread. */
final class Service implements Renewal.Running<RelaySpec> {
    private static final long RETRY_NS = 200_000_000L;

    private final long tag;
    private final Source source;
    private final Loop loop;
    private RelaySpec spec;
    private int nextTarget;
    private long resumeAtNs = NEVER;

    /**
     * @param tag the event data of its source.
     * @param source owned from here on.
     */
    Service(long tag, RelaySpec spec, Source source, Loop loop) {
        this.tag = tag;
        this.spec = spec;
        this.source = source;
        this.loop = loop;
    }

    long tag() {
        return tag;
    }

    RelaySpec spec() {
        return spec;
    }

    Source source() {
        return source;
    }

    @Override
    public boolean isAt(RelaySpec wanted) {
        return spec.intake().isSame(wanted.intake());
    }

    /** Connections that there are keep what they have. */
    @Override
    public void become(RelaySpec changed) {
        try {
            source.permit(changed.intake());
        } catch (LinuxException e) {
            loop.log().offer(name() + ": " + e.getMessage() + "; left as it was");
        }
        spec = changed;
    }

    /** The name of the service in messages. */
    String name() {
        return spec.intake().display();
    }

    /** Which target a new connection tries first. */
    int chooseTarget() {
        nextTarget = (nextTarget + 1) % spec.targets().size();
        return nextTarget;
    }

    /** Receives if it may and nothing went wrong a moment ago. */
    void arm(boolean mayReceive, long nowNs) {
        if (nowNs >= resumeAtNs) {
            resumeAtNs = NEVER;
        }
        source.arm(mayReceive && resumeAtNs == NEVER, loop, tag);
    }

    /** Receiving or connecting failed for want of something: says so, and receives again soon. */
    void lacks(String what, long nowNs) {
        loop.log().repeat(name() + ": " + what + "; receiving pauses").hit(nowNs);
        resumeAtNs = nowNs + RETRY_NS;
    }

    boolean isResting() {
        return resumeAtNs != NEVER;
    }

    long resumeAtNs() {
        return resumeAtNs;
    }

    @Override
    public boolean isStopping() {
        return source.isStopping();
    }

    @Override
    public void stop() {
        try {
            source.stop();
        } catch (LinuxException e) {
            loop.log().offer(name() + ": " + e.getMessage() + "; the socket takes no more all the same");
        }
    }
}
