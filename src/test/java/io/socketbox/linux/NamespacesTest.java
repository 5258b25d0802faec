package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class NamespacesTest {
    private static String network() {
        return FileCalls.readLink("/proc/thread-self/ns/net");
    }

    @Test
    void aThreadLeavesAndComesBackAlone() throws Exception {
        String before = network();
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            other.submit(() -> {
                        int home = FileCalls.open("/proc/thread-self/ns/net", FileCalls.O_RDONLY, 0);
                        Namespaces.unshare(Namespaces.NETWORK);
                        assertNotEquals(before, network());
                        LinuxException refused =
                                assertThrows(LinuxException.class, () -> Namespaces.enter(home, Namespaces.MOUNT));
                        assertEquals("setns descriptor " + home + ": EINVAL (Invalid argument)", refused.getMessage());
                        Namespaces.enter(home, Namespaces.NETWORK);
                        assertEquals(before, network());
                        Descriptors.close(home);
                    })
                    .get();
        }
        assertEquals(before, network());
        assertEquals(
                "unshare 0x3: EINVAL (Invalid argument)",
                assertThrows(LinuxException.class, () -> Namespaces.unshare(3)).getMessage());
    }
}
