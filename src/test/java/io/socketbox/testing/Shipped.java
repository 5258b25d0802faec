package io.socketbox.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the repository that the code could have written. */
public final class Shipped {
    private Shipped() {}

    /** Compares a file with what it should be, which the failure shows. */
    public static void assertIs(Path shipped, String generated) {
        try {
            assertEquals(generated, Files.readString(shipped), () -> shipped + " has to become:\n" + generated);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
