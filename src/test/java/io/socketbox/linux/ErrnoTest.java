package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrnoTest {
    /** Beyond the last number there is. */
    private static final int LAST = 140;

    @Test
    void constantsAreThoseOfBothArchitectures() throws IllegalAccessException {
        Map<String, Number> x86 = new GeneratedBindings("x86_64").constants();
        Map<String, Number> arm = new GeneratedBindings("aarch64").constants();
        int seen = 0;
        for (Field field : Errno.class.getFields()) {
            assertEquals(x86.get(field.getName()), field.getInt(null), field.getName());
            assertEquals(arm.get(field.getName()), field.getInt(null), field.getName());
            seen++;
        }
        assertTrue(seen > 130, "saw only " + seen);
    }

    @Test
    void namesAndTextsAreGlibcs(@TempDir Path folder) {
        List<String> printed =
                CCompiler.of(CCompiler.SYSTEM_ARCHITECTURE, folder).run("""
                #define _GNU_SOURCE
                #include <stdio.h>
                #include <string.h>
                int main(void) {
                    for (int i = -1; i <= %d; i++) {
                        const char *name = strerrorname_np(i);
                        if (name && i > 0) printf("%%s (%%s)\\n", name, strerror(i));
                        else printf("errno %%d (Unknown error %%d)\\n", i, i);
                    }
                }
                """.formatted(LAST));

        Map<Integer, String> expected = new TreeMap<>();
        Map<Integer, String> found = new TreeMap<>();
        for (int i = -1; i <= LAST; i++) {
            expected.put(i, printed.get(i + 1));
            found.put(i, Errno.describe(i));
        }
        assertEquals(expected, found);
    }

    @Test
    void exceptionsSayAttemptNameAndText() {
        LinuxException e = new LinuxException("bind [::]:80", Errno.EACCES);
        assertEquals("bind [::]:80: EACCES (Permission denied)", e.getMessage());
        assertEquals(Errno.EACCES, e.errno());
    }
}
