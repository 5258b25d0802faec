package io.socketbox.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.receive.Deadline;
import io.socketbox.receive.SocketFile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayOptionsTest {
    private static RelaySpec service(String line) throws Exception {
        return RelayOptions.read(words(line)).service();
    }

    private static List<String> words(String line) {
        return line.isEmpty() ? List.of() : List.of(line.split(" "));
    }

    private static List<String> targets(String line) throws Exception {
        return service(line).targets().stream().map(Target::display).toList();
    }

    @Test
    void defaultsAreThoseOfTheOriginal() throws Exception {
        RelaySpec service = service("");
        assertEquals(new Intake(null, 0, false), service.intake());
        assertEquals(List.of("[::1]:80"), targets(""));
        assertNull(service.nat64());
        assertEquals(ProxyVersion.NONE, service.proxy());
        assertEquals(10_000_000_000L, service.connectTimeoutNs());
        assertEquals(Deadline.NEVER, service.idleTimeoutNs());
    }

    @Test
    void targetsAndTheirPorts() throws Exception {
        assertEquals(List.of("[2001:db8::1]:8080"), targets("-c 2001:db8::1 -p 8080"));
        assertEquals(List.of("192.0.2.1:8080"), targets("-p8080 -c192.0.2.1"));
        assertEquals(List.of("[::1]:90", "[::2]:90"), targets("-c ::1 -c ::2 -p 90"));
        assertEquals(List.of("[::1]:90", "[::2]:91"), targets("-c ::1 -p 90 -c ::2 -p 91"));
        assertEquals(List.of("[::1]:90", "10.0.0.1:91"), targets("-c [::1]:90 -c 10.0.0.1:91 -p 5"));
        assertEquals(List.of("/run/x", "@abstract", "[::1]:80"), targets("-u /run/x -u @abstract -c ::1"));
        assertEquals("\0abstract", service("-u @abstract").targets().getFirst().unixName());
        assertEquals(List.of("[fe80::1%7]:80"), targets("-n 7 -c fe80::1"));
        assertEquals(List.of("[fe80::1%1]:80", "[::1]:80"), targets("-I lo -c fe80::1 -c ::1"));
        assertEquals(List.of("[fe80::1%9]:85"), targets("-c [fe80::1%9]:85"));
    }

    @Test
    void whereConnectionsComeFrom() throws Exception {
        assertEquals(new Intake(null, 5, true), service("-el5").intake());
        assertEquals(
                new Intake(new SocketFile("/run/r", 0600, null), -1, false),
                service("-s /run/r --mode 600").intake());
    }

    @Test
    void theRest() throws Exception {
        RelaySpec service = service("--connect-timeout 500ms --idle-timeout 2m --transparent -i");
        assertEquals(500_000_000L, service.connectTimeoutNs());
        assertEquals(120_000_000_000L, service.idleTimeoutNs());
        assertTrue(service.transparent());
        assertEquals(ProxyVersion.V1, service.proxy());
        assertEquals(ProxyVersion.V2, service("--proxy=v2").proxy());
    }

    @Test
    void nat64PutsTheLowBitsIntoTheTarget() throws Exception {
        RelaySpec spec = service("-N -c 2001:db8::ffff:ffff -p 0");
        long wellKnown = 0x0064ff9b00000000L;
        assertTrue(spec.nat64().covers(wellKnown, 0xc0000201L));
        assertFalse(spec.nat64().covers(wellKnown, 1L << 32));
        assertFalse(spec.nat64().covers(wellKnown + 1, 0));
        assertEquals(
                "[2001:db8::c000:201]:443",
                spec.nat64().map(spec.targets().getFirst(), 0xc0000201L, 443).display());

        RelaySpec ipv4 = service("-N -c ::ffff:0.0.0.0 -p 81");
        assertEquals(
                "192.0.2.1:81",
                ipv4.nat64().map(ipv4.targets().getFirst(), 0xc0000201L, 443).display());

        RelaySpec wide = service("-N -x -P 2001:db8:1:2:: -c 2001:db8:3:4::1");
        assertTrue(wide.nat64().covers(0x20010db800010002L, -1));
        assertEquals(
                "[2001:db8:3:4:a:b:c:d]:80",
                wide.nat64()
                        .map(wide.targets().getFirst(), 0x000a000b000c000dL, 443)
                        .display());
        assertEquals("2001:db8:1:2::/64", wide.nat64().display());
    }

    @Test
    void nat64AppendsToAPath() throws Exception {
        RelaySpec spec = service("-N -u /run/s");
        assertEquals(
                "/run/s-0a000201",
                spec.nat64().map(spec.targets().getFirst(), 0x0a000201L, 1).display());
        RelaySpec wide = service("-N -x -P 2001:db8:: -u @s");
        assertEquals(
                "\0s-000a000b000c000d",
                wide.nat64()
                        .map(wide.targets().getFirst(), 0x000a000b000c000dL, 1)
                        .unixName());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-c nonsense|cannot read 'nonsense' as an address",
                "-c ::g|unexpected 'g'",
                "-P 64:ff9b::1 -N|has bits beyond its /96",
                "-P x -N|cannot read 'x'",
                "-P 64:ff9b::|give that too",
                "-x|give that too",
                "-p 70000|-p 70000: '70000' is not a number from 0 to 65535",
                "-p 0|takes -N",
                "-u /x -p 5|only UNIX sockets",
                "-u @|is not a path",
                "-I nodevice|nodevice",
                "-s /x -l 3|leave out -l and -e",
                "--mode 600|for the socket of -s",
                "-s /x --mode 999|an octal mode",
                "--proxy v3|v1 or v2",
                "--idle-timeout 0s|longer than nothing",
                "--connect-timeout 5|a duration",
                "-f /x -p 5|-p is for one service",
                "/x|is no option"
            })
    void mistakes(String line, String message) {
        UsageException e = assertThrows(UsageException.class, () -> service(line));
        assertTrue(e.getMessage().contains(message), e::getMessage);
    }

    @Test
    void aFileHasAServiceOnEachLine() throws Exception {
        List<RelaySpec> services = RelayFile.parse("f", "# all\n-s /a -c ::2\n\n\t-s /b -u /x --proxy v2 # two\r\n");
        assertEquals(
                List.of("/a", "/b"),
                services.stream().map(one -> one.intake().display()).toList());
        assertEquals(ProxyVersion.V2, services.getLast().proxy());
        assertEquals(
                "/a b", RelayFile.parse("f", "-s \"/a b\"").getFirst().intake().display());
    }

    @Test
    void everyMistakeOfAFileIsSaid() {
        String text = "-s /a\n-s /a\n-c ::1\n-s /b -c x\n-s /c --grace 1s\n";
        SetupException e = assertThrows(SetupException.class, () -> RelayFile.parse("f", text));
        for (String part : List.of(
                "f:2:1",
                "/a is the place of line 1 too",
                "f:3:1",
                "a service of the file",
                "f:4:1",
                "f:5:1",
                "--grace")) {
            assertTrue(e.getMessage().contains(part), e::getMessage);
        }
        assertTrue(e.getMessage().endsWith("f: not accepted"), e::getMessage);
        assertThrows(SetupException.class, () -> RelayFile.parse("f", "# nothing\n"));
    }

    @Test
    void descriptorsAreDivided() {
        assertEquals(576, Budget.divide(20_000).pipes());
        assertTrue(Budget.divide(20_000).connections() > 8_900);
        Budget few = Budget.divide(100);
        assertTrue(few.pipes() > 0 && few.connections() > 40 && 2 * (few.pipes() + few.connections()) <= 100);
    }
}
