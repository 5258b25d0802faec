package io.socketbox.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.program.UsageException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerOptionsTest {
    @Test
    void defaultsAreTheOriginals() throws UsageException {
        ServerOptions options = ServerOptions.read(List.of());
        assertEquals(ServerOptions.Mode.SERVE, options.mode());
        assertEquals("/etc/socketbox.conf", options.configPath());
        assertEquals(List.of(new ListenAddress("::", 80)), options.listenAddresses());
        assertEquals(4096, options.backlog());
        assertTrue(options.reuseAddress());
        assertFalse(options.reusePort() || options.transparent() || options.freebind() || options.daemonize());
        assertEquals(-1, options.listenFd());
        assertEquals(-1, options.sendToFd());
        assertEquals(1, options.workers());
        assertEquals(4096, options.queueLimit());
        assertEquals(10_000_000_000L, options.handoffTimeoutNs());
        assertNull(options.user());
        assertNull(options.groups());
    }

    @Test
    void anAddressToExplainIsNoOption() {
        UsageException e = assertThrows(UsageException.class, () -> read("--explain -f c 192.0.2.1"));
        assertEquals(
                "--explain -f: '-f' is not an address: it comes first, as in --explain [2001:db8::1]:80 -f FILE",
                e.getMessage());
    }

    @Test
    void everyOptionReachesItsField() throws UsageException {
        ServerOptions options = read("-f c -b5 -tFRrz -u joe -g 010 -kd -x /jail -S /s -U -w3 --queue 9");
        assertEquals("c", options.configPath());
        assertEquals(5, options.backlog());
        assertTrue(options.transparent() && options.freebind() && options.reusePort() && options.clearTransparent());
        assertFalse(options.reuseAddress());
        assertEquals("joe", options.user());
        assertEquals("010", options.group());
        assertTrue(options.keepGroups() && options.daemonize() && options.substitute() && options.skipsRules());
        assertEquals("/jail", options.chroot());
        assertEquals("/s", options.sendToPath());
        assertEquals(3, options.workers());
        assertEquals(9, options.queueLimit());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-l A -p 80                   | [A:]:80",
                "-p 81 -l A                   | [A:]:81",
                "-p 81                        | [::]:81",
                "-p 81 -p 82                  | [::]:81 [::]:82",
                "-l A                         | [A:]:80",
                "-l A -l B -p 80 -p 443       | [A:]:80 [A:]:443 [B:]:80 [B:]:443",
                "-l A -p 80 -l B -p 443       | [A:]:80 [B:]:443",
                "-p 81 -l A -p 82 -l B        | [A:]:82 [B:]:81",
                "-l A -p 0 -l B               | [A:]:0 [B:]:80",
                "-p 81 -l A -l B              | [A:]:81 [B:]:81",
            })
    void pairsAddressesWithPorts(String line, String expected) throws UsageException {
        List<ListenAddress> addresses =
                read(line.replace("A", "A:").replace("B", "B:")).listenAddresses();
        assertEquals(expected, addresses.stream().map(ListenAddress::display).collect(Collectors.joining(" ")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "500ms | 500000000",
                "10s   | 10000000000",
                "2m    | 120000000000",
                "0s    | 0",
            })
    void readsDurations(String text, long expectedNs) throws UsageException {
        assertEquals(expectedNs, read("--handoff-timeout " + text).handoffTimeoutNs());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5:/run/sb          | 5          | /run/sb",
                "010:/x             | 8          | /x",
                "0xffffffff:/x:y    | 4294967295 | /x:y",
            })
    void readsTheRegisterSocket(String text, long group, String path) throws UsageException {
        ServerOptions options = read("-P " + text);
        assertEquals(group, options.receiveGroup());
        assertEquals(path, options.receivePath());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-p http              | -p http: 'http' is not a number from 0 to 65535",
                "-p 65536             | -p 65536: '65536' is not a number from 0 to 65535",
                "-p -1                | -p -1: '-1' is not a number from 0 to 65535",
                "-p 99999999999999999999 | -p 99999999999999999999: '99999999999999999999' is not a number from 0 to 65535",
                "-b x                 | -b x: 'x' is not a number from 0 to 2147483647",
                "-w 0                 | -w 0: '0' is not a number from 1 to 256",
                "--queue 0            | --queue 0: '0' is not a number from 1 to 1048576",
                "--handoff-timeout 10 | --handoff-timeout 10: '10' is not a duration with its unit, as in 10s, 500ms or 2m",
                "--handoff-timeout s  | --handoff-timeout s: 's' is not a duration with its unit, as in 10s, 500ms or 2m",
                "-P /run/sb           | -P /run/sb: '/run/sb' is not a group number and the path of a register socket, as in 5:/run/sb",
                "-P 08:/x             | -P 08:/x: '08:/x' is not a group number and the path of a register socket, as in 5:/run/sb",
                "-P 4294967296:/x     | -P 4294967296:/x: '4294967296:/x' is not a group number and the path of a register socket, as in 5:/run/sb",
                "--config=            | -f needs a value that is not empty: write -f FILE",
                "-t stray             | unexpected argument 'stray': only -e takes a program to execute; options go before it",
                "-e                   | -e needs a program: write socketbox -e [OPTION]... PROGRAM [ARGUMENT]...",
                "-e -p1 -p2 prog      | -e leaves one listening socket to the program, but -l and -p name 2: name one",
                "-e -P 1:/x prog      | -e and -P exclude each other: there is no listening socket to leave to the program",
                "-S /x -i 3           | -S and -i exclude each other: connections go to one place: give one",
                "-G 1 -k              | -G and -k exclude each other: one sets the groups, the other leaves them: give one",
                "-s 3 -P 1:/x         | -P and -s exclude each other: connections come from one place: give one",
                "--strict             | --strict has no meaning without --check",
                "--explain a b -f x    | unexpected argument '-f' after REMOTE: options go before it",
            })
    void refuses(String line, String message) {
        UsageException refused = assertThrows(UsageException.class, () -> read(line));
        assertEquals(message, refused.getMessage());
    }

    @Test
    void pathsThatNoSocketCanHaveAreRefused() throws UsageException {
        String longest = "/" + "x".repeat(106);
        assertEquals(longest, read("-S " + longest).sendToPath());
        assertEquals(longest, read("-P 1:" + longest).receivePath());
        UsageException refused = assertThrows(UsageException.class, () -> read("-S " + longest + "y"));
        assertTrue(refused.getMessage()
                .endsWith("the path has 108 bytes; that of a UNIX socket has at most 107, unix(7)"));
        assertThrows(UsageException.class, () -> read("-P 1:" + longest + "y"));
    }

    @Test
    void whatFollowsTheProgramIsTheProgramsOwn() throws UsageException {
        ServerOptions options = read("-e -p 8080 httpd -f /etc/httpd.conf -- -p 1");
        assertEquals(List.of("httpd", "-f", "/etc/httpd.conf", "--", "-p", "1"), options.program());
        assertEquals("/etc/socketbox.conf", options.configPath());
        assertEquals(List.of(new ListenAddress("::", 8080)), options.listenAddresses());
    }

    @Test
    void explainTakesThePeerAfterTheOptions() throws UsageException {
        ServerOptions options = read("--explain [::1]:80 [::2]:1234");
        assertEquals(ServerOptions.Mode.EXPLAIN, options.mode());
        assertEquals("[::1]:80", options.explainLocal());
        assertEquals("[::2]:1234", options.explainRemote());
    }

    @Test
    void helpWinsOverEverythingElse() throws UsageException {
        assertEquals(ServerOptions.Mode.HELP, read("--check -e -h prog").mode());
    }

    private static ServerOptions read(String line) throws UsageException {
        return ServerOptions.read(List.of(line.split(" ")));
    }
}
