package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserDatabaseTest {
    @Test
    void findsEveryUserOfTheFile() throws IOException {
        int seen = 0;
        for (String line : Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(":");
            User user = new User(fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
            assertEquals(Optional.of(user), UserDatabase.userByName(user.name()));
            assertEquals(
                    Optional.of(user.uid()), UserDatabase.userById(user.uid()).map(User::uid));
            seen++;
        }
        assertEquals(Optional.of(new User("root", 0, 0)), UserDatabase.userById(0), seen + " users");
    }

    @Test
    void findsEveryGroupOfTheFile() throws IOException {
        for (String line : Files.readAllLines(Path.of("/etc/group"), StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(":");
            assertEquals(
                    Optional.of(new Group(fields[0], Integer.parseInt(fields[2]))),
                    UserDatabase.groupByName(fields[0]));
        }
        assertEquals(Optional.of(0), UserDatabase.groupByName("root").map(Group::gid));
    }

    @Test
    void whoIsNotThereIsEmpty() {
        assertEquals(Optional.empty(), UserDatabase.userByName("no-such-user"));
        assertEquals(Optional.empty(), UserDatabase.userById(2_000_000_001));
        assertEquals(Optional.empty(), UserDatabase.groupByName("no-such-group"));
        assertEquals(Optional.empty(), UserDatabase.userByName(""));
    }
}
