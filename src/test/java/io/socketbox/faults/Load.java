package io.socketbox.faults;

import io.socketbox.testing.Scene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Several clients, each a process that connects all the time, at port 80 of 2001:db8::1 and the addresses behind it. */
final class Load implements AutoCloseable {
    private static final int CLIENTS = 3;
    private static final int IN_FLIGHT = 16;

    private record Client(Process process, Path ledger) {}

    private final List<Client> clients = new ArrayList<>();

    private Load() {}

    /** Clients that ask and wait for the answer, until {@link #stop}, at so many addresses in turn. */
    static Load start(Scene scene, int addresses) {
        return start(scene, addresses, "ask", 0);
    }

    /**
     * The same for so many connections in all.
     *
     * @param behaviour {@code ask} or {@code leave}, as load.c says.
     * @param total 0 for as many as there can be until {@link #stop}.
     */
    static Load start(Scene scene, int addresses, String behaviour, int total) {
        Load load = scene.with(new Load());
        for (int i = 0; i < CLIENTS; i++) {
            Path ledger = scene.path(behaviour + i + ".ledger");
            load.clients.add(new Client(
                    Tools.start(
                            scene.netns(),
                            List.of(
                                    Tools.program("load").toString(),
                                    ledger.toString(),
                                    "2001:db8::",
                                    "80",
                                    Integer.toString(total / CLIENTS),
                                    Integer.toString(IN_FLIGHT),
                                    Integer.toString(addresses),
                                    behaviour)),
                    ledger));
        }
        return load;
    }

    /** Begins no more connections, and waits for those that there are. */
    Ledger stop() {
        for (Client client : clients) {
            try {
                client.process.getOutputStream().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return result();
    }

    /** Waits for the end of all. */
    Ledger result() {
        Ledger ledger = new Ledger();
        for (int i = 0; i < clients.size(); i++) {
            int exit = clients.get(i).process.onExit().join().exitValue();
            if (exit != 0) {
                throw new AssertionError("client " + i + " ended with " + exit);
            }
            ledger.add("client " + i, clients.get(i).ledger);
        }
        return ledger;
    }

    @Override
    public void close() {
        clients.forEach(each -> each.process.destroyForcibly().onExit().join());
    }
}
