package io.socketbox.inetd;

import io.socketbox.inetd.Connection.ClientAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is next: keeps the {@link Limits} of one service. Connections whose client has its share of children wait for one
 * of those to end, while those of others pass by; one client cannot have all places to wait in. Makes no system call; owns the connections from {@link #admit} until
 * they are started, failed or taken back. For one thread.
 */
final class Admission {
    /** One client address with what it has. */
    private static final class Client {
        final Deque<Connection> waiting = new ArrayDeque<>();
        /** Children, and connections in {@link Admission#ready}. */
        int admitted;

        int running;
    }

    private final Map<ClientAddress, Client> clients = new HashMap<>();
    private final Deque<Connection> ready = new ArrayDeque<>();
    private Limits limits;
    private int waiting;
    private int running;

    Admission(Limits limits) {
        this.limits = limits;
    }

    /** Replaces the limits; what runs and waits stays. */
    void limits(Limits changed) {
        limits = changed;
        clients.values().forEach(this::promote);
    }

    /** Whether one more connection may be received. */
    boolean hasRoom() {
        return running + ready.size() < limits.children() && waiting < limits.queue();
    }

    /**
     * Takes a connection.
     *
     * @return false if as many of its client wait as may; it stays the caller's then.
     */
    boolean admit(Connection connection) {
        if (connection.client() == null) {
            ready.add(connection);
            return true;
        }
        Client client = clients.computeIfAbsent(connection.client(), address -> new Client());
        if (client.waiting.size() >= limits.queuePerClient()) {
            return false;
        }
        client.waiting.add(connection);
        waiting++;
        promote(client);
        return true;
    }

    private void promote(Client client) {
        while (!client.waiting.isEmpty() && (limits.perClient() == 0 || client.admitted < limits.perClient())) {
            ready.add(client.waiting.poll());
            waiting--;
            client.admitted++;
        }
    }

    /** The connection to start now, or null when there is none or no child may be added. It stays the next one. */
    Connection next() {
        return running < limits.children() ? ready.peek() : null;
    }

    /** How many children the client of {@link #next} will have when it has started, or 1 when it has no address. */
    int childrenOfNext() {
        Connection next = ready.element();
        return next.client() == null ? 1 : clients.get(next.client()).running + 1;
    }

    /** {@link #next} has a child now. */
    void started() {
        Connection started = ready.remove();
        running++;
        if (started.client() != null) {
            clients.get(started.client()).running++;
        }
    }

    /** {@link #next} gets no child. */
    void failed() {
        release(ready.remove().client());
    }

    /** A child for this client, or null, has ended. */
    void ended(ClientAddress address) {
        running--;
        if (address != null) {
            clients.get(address).running--;
        }
        release(address);
    }

    private void release(ClientAddress address) {
        if (address != null) {
            Client client = clients.get(address);
            client.admitted--;
            promote(client);
            if (client.admitted == 0 && client.waiting.isEmpty()) {
                clients.remove(address);
            }
        }
    }

    /** Children. */
    int running() {
        return running;
    }

    /** Connections without a child. */
    int held() {
        return ready.size() + waiting;
    }

    /** Gives back all connections without a child. */
    List<Connection> takeBack() {
        List<Connection> taken = new ArrayList<>();
        while (held() > 0) {
            if (ready.isEmpty()) {
                clients.values().forEach(client -> {
                    taken.addAll(client.waiting);
                    waiting -= client.waiting.size();
                    client.waiting.clear();
                });
                clients.values().removeIf(client -> client.admitted == 0);
            } else {
                taken.add(ready.element());
                failed();
            }
        }
        return taken;
    }
}
