package io.socketbox.faults;

import static io.socketbox.faults.Siege.RULES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.socketbox.testing.Scene;
import io.socketbox.testing.ServerProcess;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel refuses now and then what it mostly grants: connections wait, and none is lost. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class KernelFaultsIT {
    /** ENOBUFS, ENOMEM and EINTR of sendmsg(2); EINTR, ENFILE, ENOMEM and ECONNABORTED of accept4(2). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sendmsg=105:7,accept4=4:5,epoll_wait=4:9",
                "sendmsg=12:11,accept4=23:500",
                "sendmsg=4:5,accept4=12:700",
                "sendmsg=105:2,accept4=103:3"
            })
    void callsFail(String calls) throws Exception {
        try (Scene scene = new Scene()) {
            Receiver.start(scene, "r", scene.path("r"));
            List<String> wrapper = List.of("env", "LD_PRELOAD=" + Tools.shim(), "FAULT_CALLS=" + calls);
            ServerProcess server = scene.server(List.of(), wrapper, RULES, "-w2");
            Ledger ledger = Siege.during(scene, 16, calls, Tools.size(10, 100), 100, turn -> {});
            Siege.assertNoneLost(ledger, server.lines());
            assertEquals(0, server.terminate());
        }
    }

    /** Far fewer descriptors than connections that wait for a receiver that stands still again and again. */
    @Test
    void descriptorsRunOut() throws Exception {
        try (Scene scene = new Scene()) {
            Receiver receiver = Receiver.start(scene, "r", scene.path("r"));
            ServerProcess server = scene.server(
                    List.of(), List.of("prlimit", "--nofile=64"), RULES, "-w2", "--handoff-timeout", "60m");
            Ledger ledger = Siege.during(scene, 16, "short of descriptors", Tools.size(10, 200), 100, turn -> {
                receiver.signal(turn % 2 == 0 ? ServerProcess.SIGSTOP : ServerProcess.SIGCONT);
            });
            Siege.assertNoneLost(ledger, server.lines());
            assertEquals(0, server.terminate());
        }
    }
}
