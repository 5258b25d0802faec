package io.socketbox.dispatch;

import io.socketbox.route.RegisterSocket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Who has registered, and the seat of each in its group: the lowest that is free, so that a receiver that was started
 * anew sits where the one before it sat, and gets the same clients. Owns no descriptor. One thread.
 */
final class Receivers {
    /**
     * A receiver.
     *
     * @param id    for as long as it is registered.
     * @param fd    its connection.
     * @param group 32 bits, unsigned.
     * @param seat  from 0.
     * @param uid   who it was when it connected.
     * @param path  of the register socket that it came by.
     */
    record Receiver(int id, int fd, int group, int seat, int uid, String path) {}

    private final Map<Integer, Receiver> byId = new LinkedHashMap<>();
    private final Map<Integer, BitSet> seats = new HashMap<>();
    private int nextId;

    int size() {
        return byId.size();
    }

    /** How many of a user a group has. */
    int count(int group, int uid) {
        return (int) byId.values().stream()
                .filter(each -> each.group() == group && each.uid() == uid)
                .count();
    }

    /** Gives a receiver an id and a seat. */
    Receiver add(int fd, int group, int uid, String path) {
        return add(fd, group, seats.computeIfAbsent(group, g -> new BitSet()).nextClearBit(0), uid, path);
    }

    /** Gives a receiver an id; the seat it had with another process, if that is free. */
    Receiver add(int fd, int group, int seat, int uid, String path) {
        BitSet taken = seats.computeIfAbsent(group, g -> new BitSet());
        int free = taken.get(seat) ? taken.nextClearBit(0) : seat;
        taken.set(free);
        Receiver receiver = new Receiver(nextId++, fd, group, free, uid, path);
        byId.put(receiver.id(), receiver);
        return receiver;
    }

    /** Forgets a receiver; null when it was forgotten before. */
    Receiver remove(int id) {
        Receiver receiver = byId.remove(id);
        if (receiver != null) {
            seats.get(receiver.group()).clear(receiver.seat());
        }
        return receiver;
    }

    List<Receiver> all() {
        return new ArrayList<>(byId.values());
    }

    /** Those that fulfil a condition. */
    List<Receiver> all(Predicate<Receiver> wanted) {
        return byId.values().stream().filter(wanted).toList();
    }

    /** Whether a group may be joined by a user: the users that it names, else root and our own. */
    static boolean admits(RegisterSocket.Group group, int uid, int ownUid) {
        return group.uids().isEmpty() ? uid == 0 || uid == ownUid : group.uids().contains(uid);
    }
}
