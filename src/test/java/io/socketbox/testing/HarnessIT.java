package io.socketbox.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.socketbox.linux.TestSockets;
import io.socketbox.testing.LoadClient.Result;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness judged by itself: a stand-in server of a few lines shows that every kind of loss is counted as such. */
class HarnessIT {
    @TempDir
    Path folder;

    @Test
    void countsAnswersAndEveryKindOfLoss() throws Exception {
        try (Netns netns = Netns.create().anyIp("2001:db8::/64");
                TestReceiver receiver = TestReceiver.fast(netns, "r", folder.resolve("r"))) {
            InetSocketAddress target = new InetSocketAddress(InetAddress.getByName("2001:db8::7"), 80);
            int listener = netns.call(() -> TestSockets.bindTcp(new InetSocketAddress("::", 80)));
            assertEquals(3, LoadClient.run(netns, List.of(target), 3, 2, 10_000).refused());
            TestSockets.listen(listener, 128);
            int out = TestSockets.connectUnix(TestSockets.SOCK_DGRAM, folder.resolve("r"));
            LoadClient client = LoadClient.start(netns, List.of(target), 6, 1, 10_000);
            for (int i = 0; i < 6; i++) {
                int fd = TestSockets.accept(listener);
                if (i < 4) {
                    TestSockets.send(out, new byte[1], fd);
                } else {
                    TestSockets.awaitReadable(fd, -1);
                    if (i == 4) {
                        TestSockets.read(fd, 64);
                    }
                }
                TestSockets.close(fd);
            }
            Result result = client.result();
            assertEquals(4, result.answered(), result::toString);
            assertEquals(1, result.closed(), result::toString);
            assertEquals(1, result.reset(), result::toString);
            assertEquals(target, receiver.answers().getFirst().local());
            assertTrue(receiver.answers().getFirst().blocking());
            assertEquals(1, LoadClient.run(netns, List.of(target), 1, 1, 300).unfinished());
            TestSockets.close(out);
            TestSockets.close(listener);
        }
    }

    @Test
    void aReceiverThatIsKilledHasNothingInHand() throws Exception {
        Path path = folder.resolve("r");
        try (Netns netns = Netns.create()) {
            ReceiverProcess receiver = ReceiverProcess.start(netns, "p", path, 0);
            int out = TestSockets.connectUnix(TestSockets.SOCK_DGRAM, path);
            receiver.killWithNothingInHand();
            assertTrue(Files.exists(path), "a killed process leaves its socket file");
            TestSockets.close(out);
        }
    }

    @Test
    void aNamespaceIsGoneAfterClose() {
        Netns netns = Netns.create();
        Path path = Path.of("/run/netns", netns.toString());
        assertTrue(Files.exists(path));
        netns.close();
        assertFalse(Files.exists(path));
    }
}
