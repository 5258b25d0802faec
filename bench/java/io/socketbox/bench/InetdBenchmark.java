package io.socketbox.bench;

import io.socketbox.bench.suite.InetdPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** From connect to the first byte of a process that a real super-server starts for the connection; eight clients. */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.Throughput, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 2)
@Threads(8)
@Fork(1)
public class InetdBenchmark {
    @Param({"SOCKETBOX", "RESIDENT", "OPENBSD_INETD", "XINETD", "TCPSERVER", "TCPSVD", "SYSTEMD_SOCKET_ACTIVATE"})
    InetdPeer peer;

    private AutoCloseable servers;
    private InetAddress address;
    private int port;

    @Setup
    public void setUp() throws Exception {
        port = 20_000 + (int) (ProcessHandle.current().pid() % 10_000);
        servers = peer.start(port);
        address = InetAddress.ofLiteral("127.0.0.1");
        answer();
    }

    @TearDown
    public void tearDown() throws Exception {
        servers.close();
    }

    @Benchmark
    public int answer() throws IOException {
        try (Socket socket = new Socket(address, port)) {
            int first = socket.getInputStream().read();
            if (first != 'x') {
                throw new IOException(peer + ": no answer");
            }
            return first;
        }
    }
}
