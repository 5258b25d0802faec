package io.socketbox.handoff;

import io.socketbox.linux.ByteStrings;
import io.socketbox.observe.Counter;
import io.socketbox.observe.DestinationStatistics;
import io.socketbox.observe.EventLog;
import java.util.EnumMap;
import java.util.Map;

/**
 * One destination as one dispatcher sees it: its socket, its state and the connections that wait for it.
 *
 * <p>Only the dispatcher's thread touches it, through {@link Handoff}, which owns {@code socketFd}.
 */
public final class Target {
    /** What the socket is fit for. */
    enum State {
        /** No socket: not opened yet, or closed to make room for others. */
        CLOSED,
        /** Connected, and the last message went through. */
        READY,
        /** The receiver's queue (every member's, where it is balanced) is full: EPOLLOUT says when to go on. */
        BUSY,
        /** The kernel refused this once for want of memory or descriptors in flight: a timer says when to go on. */
        DELAYED,
        /** Nobody receives: connecting is tried again on a timer and when the path changes. */
        AWAY,
        /** An inherited descriptor whose peer is gone for good. */
        GONE
    }

    private final int id;
    private String address;
    private String name;
    private String logName;

    State state = State.CLOSED;
    int socketFd = -1;
    final PendingQueue pending = new PendingQueue();
    long retryAtNs;
    long progressAtNs;
    boolean writableArmed;
    boolean wasAway;
    boolean watched;
    /** What failed when the target became AWAY, for the log. */
    String awayCall;

    int awayErrno;
    /** How many of the pending connections count as waiting for an absent path. */
    int pendingAbsent;
    /** Kept by {@link Ledger}, which makes it. */
    DestinationStatistics statistics;

    int waitingIndex = -1;
    int openIndex = -1;
    /** Of a balanced destination; else null. */
    Members members;
    /** The balanced destination that this one is a member of, or null. */
    Target parent;
    /** When an absent member is looked for again. */
    long nextProbeNs;

    /** To be closed as soon as nothing waits. */
    boolean leaving;

    long ticket;

    private boolean fromTemplate;
    private Runnable whenGone;
    private Map<Counter, EventLog.Repeat> repeats;

    private Target(int id, String address, String name) {
        this.id = id;
        this.address = address;
        this.name = name;
        this.logName = name;
    }

    /**
     * A datagram socket in the file system.
     *
     * @param id   comes back with epoll events.
     * @param path a byte string.
     * @return the destination, not connected yet.
     */
    public static Target unixSocket(int id, String path) {
        return new Target(id, path, "unix:" + ByteStrings.display(path));
    }

    /**
     * A datagram socket in the abstract namespace.
     *
     * @param id   comes back with epoll events.
     * @param name a byte string, without the leading NUL.
     * @return the destination, not connected yet.
     */
    public static Target abstractSocket(int id, String name) {
        return new Target(id, '\0' + name, "abstract:" + ByteStrings.display(name));
    }

    /**
     * A descriptor that was open when the program started; it cannot be connected anew.
     *
     * @param id   comes back with epoll events.
     * @param fd   owned by the target from here on; -1 when it was not open, so that the peer counts as gone.
     * @param name for people.
     * @return the destination.
     */
    public static Target inherited(int id, int fd, String name) {
        Target target = new Target(id, null, name);
        target.socketFd = fd;
        target.state = fd >= 0 ? State.READY : State.GONE;
        return target;
    }

    /**
     * A destination that is a choice among members, which {@link #addMember} names.
     *
     * @param id   of no other target; no epoll event carries it.
     * @param name for people.
     * @return the destination, which has nobody yet.
     */
    public static Target balanced(int id, String name, Balance balance) {
        Target target = new Target(id, null, name);
        target.members = new Members(balance);
        return target;
    }

    /**
     * The connection of a receiver that has registered.
     *
     * @param id       comes back with epoll events.
     * @param fd       owned by the target from here on.
     * @param name     for people.
     * @param whenGone called once, when the receiver turns out to be gone and its socket is closed.
     * @return the destination.
     */
    public static Target registered(int id, int fd, String name, Runnable whenGone) {
        Target target = inherited(id, fd, name);
        target.whenGone = whenGone;
        return target;
    }

    /**
     * A datagram socket whose path was made by a template ({@code -U}).
     *
     * @param id       comes back with epoll events.
     * @param path     a byte string.
     * @param template for the log.
     * @return the destination, not connected yet.
     */
    public static Target fromTemplate(int id, String path, String template) {
        Target target = new Target(id, null, "");
        target.readdress(path, template);
        return target;
    }

    /** The number that comes back with epoll events. */
    public int id() {
        return id;
    }

    /** The path or (with a leading NUL) abstract name, a byte string; null for an inherited descriptor. */
    public String address() {
        return address;
    }

    /** True for a path made by {@code -U}, of which there is no end. */
    boolean isFromTemplate() {
        return fromTemplate;
    }

    boolean isInherited() {
        return address == null && members == null;
    }

    /** True for the connection of a receiver that has registered. */
    public boolean isRegistered() {
        return whenGone != null;
    }

    /** True for a choice among members. */
    public boolean isBalanced() {
        return members != null;
    }

    /** Nobody receives here, for now or for good. */
    boolean isAbsent() {
        return state == State.AWAY || state == State.GONE;
    }

    /** As a member: whether a connection can be tried here now. */
    boolean mayTake(long nowNs) {
        return switch (state) {
            case CLOSED, READY -> true;
            case DELAYED -> nowNs >= retryAtNs;
            case BUSY, AWAY, GONE -> false;
        };
    }

    /**
     * Makes another target a member of this balanced one.
     *
     * @param member if it is one of another target, it leaves that.
     * @param weight at least 1; twice the weight is twice the connections.
     * @param identity what {@link Balance#SOURCE} knows the member by.
     */
    public void addMember(Target member, int weight, String identity) {
        if (member.parent != null) {
            member.parent.members.remove(member);
        } else if (!member.isRegistered()) {
            member.name = name + ": " + member.name;
            member.logName = logName + ": " + member.logName;
        }
        member.parent = this;
        members.add(member, weight, Members.seed(identity));
    }

    /** How many members there are, absent ones included. */
    public int memberCount() {
        return members.size();
    }

    /** One of the members. */
    public Target member(int index) {
        return members.get(index);
    }

    /** The registered receiver is gone and its socket closed. */
    void tellGone() {
        whenGone.run();
    }

    /** True when no connection waits here, nor for a member of it. */
    public boolean isIdle() {
        boolean idle = pending.isEmpty();
        for (int i = 0; idle && members != null && i < members.size(); i++) {
            idle = members.get(i).pending.isEmpty();
        }
        return idle;
    }

    /** True when this is to be closed as soon as nothing waits. */
    public boolean isLeaving() {
        return leaving;
    }

    /** What {@link Handoff#retire} was given. */
    public long ticket() {
        return ticket;
    }

    /** Takes back {@link Handoff#retire}. */
    public void keep() {
        leaving = false;
    }

    /**
     * Makes this the target of another path made by a template. Nothing may wait and no socket may be open.
     *
     * @param newPath  the path.
     * @param template what repeated log lines are summed up under, since the paths made by it have no end.
     */
    public void readdress(String newPath, String template) {
        if (socketFd >= 0 || !pending.isEmpty()) {
            throw new IllegalStateException(name + " is in use");
        }
        address = newPath;
        name = "unix:" + ByteStrings.display(newPath);
        logName = "unix:" + ByteStrings.display(template);
        fromTemplate = true;
        state = State.CLOSED;
        wasAway = false;
        watched = false;
        repeats = null;
        statistics = null;
    }

    /** What it is doing, in a word; any thread may ask, and what it gets may be a moment old. */
    String stateName() {
        if (fromTemplate) {
            return "varies";
        }
        if (isBalanced()) {
            return wasAway ? "away" : "ready";
        }
        return switch (state) {
            case CLOSED -> "unused";
            case READY -> "ready";
            case BUSY -> "full";
            case DELAYED -> "delayed";
            case AWAY -> "away";
            case GONE -> "gone";
        };
    }

    /** The handle of "a connection was closed for this reason". */
    EventLog.Repeat closed(EventLog log, Counter reason) {
        if (repeats == null) {
            repeats = new EnumMap<>(Counter.class);
        }
        return repeats.computeIfAbsent(reason, r -> log.repeat(logName + ": connection " + r.label()));
    }

    /** What repeated log lines about this destination are summed up under. */
    String logName() {
        return logName;
    }

    @Override
    public String toString() {
        return name;
    }
}
