package io.socketbox.relay;

import io.socketbox.linux.LinuxException;

/** One service at work: its source, and where its connections go next. For the agent's thread. */
final class Service {
    private static final long RETRY_NS = 200_000_000L;

    private final long tag;
    private final Source source;
    private RelaySpec spec;
    private int nextTarget;
    private long resumeAtNs = RelaySpec.NEVER;

    /**
     * @param tag the event data of its source.
     * @param source owned from here on.
     */
    Service(long tag, RelaySpec spec, Source source) {
        this.tag = tag;
        this.spec = spec;
        this.source = source;
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

    /** Goes on as another service at the same place; connections that there are keep what they have. */
    void become(RelaySpec changed, Loop loop) {
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
    void arm(boolean mayReceive, Loop loop, long nowNs) {
        if (nowNs >= resumeAtNs) {
            resumeAtNs = RelaySpec.NEVER;
        }
        source.arm(mayReceive && resumeAtNs == RelaySpec.NEVER, loop, tag);
    }

    /** Receiving failed: tries again soon. */
    void rest(long nowNs) {
        resumeAtNs = nowNs + RETRY_NS;
    }

    boolean isResting() {
        return resumeAtNs != RelaySpec.NEVER;
    }

    long resumeAtNs() {
        return resumeAtNs;
    }

    /** Takes no more. */
    void stop(Loop loop) {
        try {
            source.stop();
        } catch (LinuxException e) {
            loop.log().offer(name() + ": " + e.getMessage() + "; the socket takes no more all the same");
        }
    }
}
