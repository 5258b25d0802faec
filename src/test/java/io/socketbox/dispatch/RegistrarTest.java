package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Sockets;
import io.socketbox.linux.TestSockets;
import io.socketbox.observe.Counter;
import io.socketbox.observe.EventLog;
import io.socketbox.route.Destination;
import io.socketbox.route.Destination.Balance;
import io.socketbox.route.RegisterSocket;
import io.socketbox.route.RouteTable;
import io.socketbox.route.Routes;
import io.socketbox.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Engines with a register socket, in this process. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class RegistrarTest {
    private static final int GROUP = 7;
    private static final byte[] REQUEST = {1, 0, 0, 0, 0, 0, 0, GROUP};

    @TempDir
    Path directory;

    private final EventLog log = new EventLog(new ByteArrayOutputStream());
    private final HotCalls calls = new HotCalls(1);
    private final List<Engine> engines = new ArrayList<>();
    private final List<Integer> opened = new ArrayList<>();
    private int port;

    @AfterEach
    void close() {
        engines.forEach(Engine::close);
        opened.forEach(Descriptors::close);
        calls.close();
    }

    @Test
    void theFileHasItsModeAndIsReplacedOnlyWhenNobodyListens() throws IOException {
        Engine engine = start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)));
        assertEquals(Set.of("OWNER_READ", "OWNER_WRITE"), mode());
        LinuxException taken = assertThrows(
                LinuxException.class, () -> start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN))));
        assertEquals(Errno.EADDRINUSE, taken.errno());
        engine.close();
        engines.clear();
        assertFalse(Files.exists(path()));
        int stale = Sockets.socket(Sockets.AF_UNIX, Sockets.SEQPACKET);
        Sockets.bindUnix(stale, path().toString());
        Descriptors.close(stale);
        start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)));
        register();
    }

    @Test
    void aSuccessorGoesOnWithTheReceivers() throws IOException {
        Engine first = start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)));
        int receiver = register();
        List<Registration> copies = first.registry().suspend();
        assertEquals(2, copies.size());
        Engine second = successor(copies);
        end(first);
        assertTrue(Files.exists(path()), "it is the successor's now");
        second.registry().succeed(nobody -> {});
        handOver(second, receiver, 100);
        int another = register();
        // Its registration is answered before the dispatchers know of it.
        do {
            connect();
        } while (!takeFromEither(receiver, another));
        for (int i = 0; i < 4; i++) {
            connect();
        }
        for (int fd : new int[] {receiver, another, receiver, another}) {
            take(fd);
        }
    }

    @Test
    void nobodyIsHeardWhileASuccessorMayGoOn() throws Exception {
        Engine engine = start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)));
        int halfSent = connectOnly();
        // Let in: somebody who came later has been answered.
        register();
        engine.registry().suspend().forEach(each -> Descriptors.close(each.fd()));
        Sockets.send(halfSent, REQUEST);
        int late = connectOnly();
        Sockets.send(late, REQUEST);
        awaitTurn(engine);
        assertFalse(isAnswered(halfSent));
        assertFalse(isAnswered(late));
        engine.registry().resume();
        assertAnswered(halfSent);
        assertAnswered(late);
        engine.close();
        engines.remove(engine);
        assertFalse(Files.exists(path()), "nobody has it any more");
    }

    @Test
    void aSuccessorHearsThoseWhoHaveNotAskedYet() throws Exception {
        Engine first = start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)));
        int halfSent = connectOnly();
        int stays = register();
        List<Registration> copies = first.registry().suspend();
        assertEquals(3, copies.size());
        int late = connectOnly();
        Sockets.send(late, REQUEST);
        Engine second = successor(copies);
        Sockets.send(halfSent, REQUEST);
        awaitTurn(first);
        awaitTurn(second);
        assertFalse(isAnswered(halfSent), "the first may go on, still");
        assertFalse(isAnswered(late), "the first may go on, still");
        end(first);
        second.registry().succeed(nobody -> {});
        assertAnswered(halfSent);
        assertAnswered(late);
        awaitTurn(second);
        for (int i = 0; i < 3; i++) {
            connect();
        }
        for (int fd : new int[] {stays, halfSent, late}) {
            take(fd);
        }
    }

    @Test
    void aSuccessorThatFailsTakesNothingWithIt() throws Exception {
        Engine first = start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)));
        int firstPort = port;
        int halfSent = connectOnly();
        int stays = register();
        Engine second = successor(first.registry().suspend());
        awaitTurn(second);
        end(second);
        assertTrue(Files.exists(path()), "it is still the first one's");
        Sockets.send(halfSent, REQUEST);
        first.registry().resume();
        assertAnswered(halfSent);
        register();
        port = firstPort;
        connect();
        take(stays);
    }

    @Test
    void aPredecessorIsToldOfThoseWhoJoinItsSuccessor() throws Exception {
        Engine first = start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)));
        connect();
        Await.until("it waits", () -> first.count(Counter.ACCEPTED) == 1);
        Engine second = successor(first.registry().suspend());
        first.registry().leave();
        second.registry()
                .succeed(each -> first.registry()
                        .join(Registration.ofReceiver(
                                each.path(), each.group(), each.seat(), each.uid(), Descriptors.dup(each.fd()))));
        take(register());
        end(first);
    }

    @Test
    void aRegisterSocketThatASuccessorDoesNotNameGoes() throws Exception {
        Engine first = start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)));
        int stays = register();
        int halfSent = connectOnly();
        int alive = register();
        Engine second = start(new Engine.Context()
                .routes(Routes.single(new Destination.UnixSocket("/nowhere")))
                .registrations(first.registry().suspend()));
        assertTrue(Files.exists(path()), "the first may go on, still");
        end(first);
        second.registry().succeed(nobody -> {});
        for (int fd : new int[] {stays, halfSent, alive}) {
            assertEquals(0, Sockets.receive(fd, 64).length, "the end");
        }
        Await.until("the file is removed", () -> Files.notExists(path()));
    }

    @Test
    void aSuccessorKnowsTheSeats() throws Exception {
        Engine first = start(new Engine.Context().routes(routes(Balance.SOURCE)));
        int leaves = register();
        register();
        register();
        opened.remove(Integer.valueOf(leaves));
        Descriptors.close(leaves);
        connect();
        Await.until("it has left", () -> seatsOf(first).equals(List.of(1, 2)));
        Engine second = successor(first.registry().suspend());
        end(first);
        second.registry().succeed(nobody -> {});
        assertEquals(List.of(1, 2), seatsOf(second));
        register();
        assertEquals(List.of(1, 2, 0), seatsOf(second));
    }

    /** In the order in which they joined. */
    private static List<Integer> seatsOf(Engine engine) {
        List<Registration> all = engine.registry().suspend();
        engine.registry().resume();
        all.forEach(each -> Descriptors.close(each.fd()));
        return all.stream()
                .filter(each -> each.kind() == Registration.Kind.RECEIVER)
                .map(Registration::seat)
                .toList();
    }

    @Test
    void oneUserHasOnlySoManyReceiversInAGroup() {
        start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)));
        for (int i = 0; i < Seating.RECEIVERS_OF_USER; i++) {
            register();
        }
        int tooMany = connectOnly();
        Sockets.send(tooMany, REQUEST);
        assertEquals(0, Sockets.receive(tooMany, 64).length);
    }

    /** Returns when the engine has done what it could before. */
    private void awaitTurn(Engine engine) throws InterruptedException {
        assertNotNull(engine.apply(routes(Balance.ROUND_ROBIN)));
    }

    private void end(Engine engine) {
        engine.registry().leave();
        engine.close();
        engines.remove(engine);
    }

    private Engine successor(List<Registration> copies) {
        return start(new Engine.Context().routes(routes(Balance.ROUND_ROBIN)).registrations(copies));
    }

    private Set<String> mode() throws IOException {
        return Set.copyOf(
                Files.getPosixFilePermissions(path()).stream().map(Enum::name).toList());
    }

    private Path path() {
        return directory.resolve("register");
    }

    private Routes routes(Balance balance) {
        RegisterSocket register = new RegisterSocket(
                path().toString(),
                0600,
                RegisterSocket.SAME,
                RegisterSocket.SAME,
                List.of(new RegisterSocket.Group(GROUP, List.of())));
        return new Routes(
                Routes.single(new Destination.Group(GROUP, balance)).table(),
                List.of(new Destination.Group(GROUP, balance)),
                0,
                0,
                0,
                0,
                List.of(register),
                List.of(),
                RouteTable.NO_RULE);
    }

    private Engine start(Engine.Context context) {
        int listener = TestListener.open();
        Engine engine;
        try {
            engine = new Engine(context.log(log).listeners(new int[][] {{listener}}));
        } catch (LinuxException e) {
            Descriptors.close(listener);
            throw e;
        }
        port = Sockets.localAddress(listener).port();
        engines.add(engine);
        engine.start();
        return engine;
    }

    private int register() {
        int fd = connectOnly();
        Sockets.send(fd, REQUEST);
        assertAnswered(fd);
        return fd;
    }

    private int connectOnly() {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.SEQPACKET);
        opened.add(fd);
        Sockets.connectUnix(fd, path().toString());
        return fd;
    }

    private static boolean isAnswered(int fd) throws IOException {
        return TestSockets.awaitReadable(fd, 0);
    }

    private static void assertAnswered(int fd) {
        assertArrayEquals(new byte[] {(byte) 0x80, 0, 0, 0}, Sockets.receive(fd, 64));
    }

    private void handOver(Engine engine, int receiver, int connections) throws IOException {
        long before = engine.count(Counter.ACCEPTED);
        for (int i = 0; i < connections; i++) {
            connect();
            take(receiver);
        }
        assertEquals(before + connections, engine.count(Counter.ACCEPTED));
    }

    private void connect() throws IOException {
        new Socket(InetAddress.ofLiteral("::1"), port).close();
    }

    /** Waits for one connection at either; returns whether it went to the second. */
    private boolean takeFromEither(int first, int second) {
        int[] got = {-1};
        Await.until("a connection arrives", () -> {
            for (int fd : new int[] {first, second}) {
                if (got[0] < 0 && calls.receiveDescriptor(fd, false) == 4) {
                    got[0] = fd;
                    Descriptors.close(calls.receivedFd());
                }
            }
            return got[0] >= 0;
        });
        return got[0] == second;
    }

    private void take(int receiver) {
        assertEquals(4, calls.receiveDescriptor(receiver, true));
        for (int i = 0; i < 4; i++) {
            assertEquals(i == 0 ? 3 : 0, calls.payloadByte(i));
        }
        Descriptors.close(calls.receivedFd());
    }
}
