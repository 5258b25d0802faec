package io.socketbox.inetd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.program.SetupException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceFileTest {
    private static List<ServiceSpec> parse(String text) throws SetupException {
        return ServiceFile.parse("f", text);
    }

    @Test
    void readsAllThatAServiceCanSay() throws SetupException {
        List<ServiceSpec> services = parse("""
                # comment
                \t
                socket:/run/a user:root:7 mode:622 owner::5 children:3 per-client:2 queue:9 stderr run prog -i # end
                register:/run/r group:0x10 run sh -c "a \\"b\\" \\\\ # c"\r
                """);
        ServiceSpec first = services.get(0);
        assertEquals("/run/a", first.place().path());
        assertFalse(first.place().isRegistration());
        assertEquals(0622, first.place().mode());
        assertEquals(-1, first.place().owner().uid());
        assertEquals(5, first.place().owner().gid());
        assertEquals(new Limits(3, 2, 9), first.limits());
        assertTrue(first.standardError());
        assertEquals(List.of("prog", "-i"), first.program());
        assertEquals(
                List.of("setpriv", "--reuid=0", "--regid=7", "--init-groups", "--", "prog", "-i"), first.command());
        ServiceSpec second = services.get(1);
        assertEquals(16, second.place().group());
        assertTrue(second.place().reconnect());
        assertEquals(Limits.DEFAULT, second.limits());
        assertEquals(List.of("sh", "-c", "a \"b\" \\ # c"), second.command());
    }

    @Test
    void aUserWithoutANameHasNoGroupsToBringAlong() throws SetupException {
        ServiceSpec service =
                parse("socket:/a user:4000000000:4000000001 run x\n").getFirst();
        assertEquals(
                List.of("setpriv", "--reuid=4000000000", "--regid=4000000001", "--clear-groups", "--", "x"),
                service.command());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "socket:/a childen:3 run x           | 1:11 | unknown token 'childen'",
                "socket:/a children:0 run x          | 1:11 | is not a number from 1 to 1048576",
                "socket:/a children run x            | 1:11 | 'children' is written children:N",
                "socket:/a stderr:1 run x            | 1:11 | 'stderr' is written stderr",
                "socket:/a socket:/b run x           | 1:11 | 'socket' is there twice",
                "socket:/a mode:999 run x            | 1:11 | is not an octal mode such as 0660",
                "socket:/a user:54321 run x          | 1:11 | a user and a group are needed",
                "socket:/a user::54321 run x         | 1:11 | a user and a group are needed",
                "socket:/a user:nobody-at-all run x  | 1:11 | there is no such user",
                "socket:/a                           | 1:1  | no program",
                "socket:/a run                       | 1:1  | no program",
                "mode:600 run x                      | 1:1  | a service has either socket:PATH or register:PATH",
                "socket:/a register:/b group:1 run x | 1:1  | a service has either socket:PATH or register:PATH",
                "register:/a run x                   | 1:1  | register:PATH and group:N belong together",
                "socket:/a group:2 run x             | 1:1  | register:PATH and group:N belong together",
                "register:/a group:1 mode:600 run x  | 1:1  | mode: and owner: are for a socket of one's own",
                "socket: run x                       | 1:1  | is not a path of 1 to 107 bytes",
                "socket:/a run \"x                   | 1:15 | a quote that is not closed"
            })
    void saysWhatIsWrongAndWhere(String line, String where, String what) {
        String message =
                assertThrows(SetupException.class, () -> parse(line + "\n")).getMessage();
        assertTrue(message.contains(what) && message.contains("--> f:" + where + "\n"), message);
        assertTrue(message.endsWith("f: not accepted"), message);
    }

    @Test
    void saysAllErrorsAtOnce() {
        String message = assertThrows(SetupException.class, () -> parse("x\nsocket:/a run y\nz\n"))
                .getMessage();
        assertTrue(message.contains("f:1:1") && message.contains("f:3:1"), message);
    }

    @Test
    void aPlaceIsTakenOnce() {
        String message = assertThrows(SetupException.class, () -> parse("socket:/a run y\n\nsocket:/a run z\n"))
                .getMessage();
        assertTrue(message.contains("/a is the place of line 1 too"), message);
    }

    @Test
    void anEmptyFileIsAMistake() {
        assertThrows(SetupException.class, () -> parse("# nothing\n"));
    }
}
