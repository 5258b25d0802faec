package io.socketbox.dispatch;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.HotCalls;
import io.socketbox.linux.RightsMessage;
import io.socketbox.linux.Sockets;
import io.socketbox.testing.Fuzzed;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** Any bytes as a message to a register socket, perhaps with descriptors: only what is a request names a group. */
public final class RegisterRequestFuzzer {
    private RegisterRequestFuzzer() {}

    /** Called for each input; its first byte says how many descriptors come along. */
    public static void fuzzerTestOneInput(byte[] input) {
        int count = Fuzzed.choice(input, 4);
        byte[] message = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.SEQPACKET);
        try (HotCalls calls = new HotCalls(1)) {
            int[] descriptors = new int[count];
            Arrays.fill(descriptors, pair[0]);
            RightsMessage.send(pair[0], message, descriptors);
            int length = calls.receiveDescriptor(pair[1], false);
            long group = RegisterRequest.group(calls, length);
            Fuzzed.check(
                    group == expected(message, count),
                    "group " + group,
                    HexFormat.of().formatHex(message));
            Fuzzed.check(calls.receivedFd() >= 0 == count > 0, "descriptor", "" + count);
            if (count > 0) {
                Descriptors.close(calls.receivedFd());
            }
        } finally {
            Descriptors.close(pair[0]);
            Descriptors.close(pair[1]);
        }
    }

    private static long expected(byte[] message, int descriptors) {
        boolean request = message.length == 8 && descriptors == 0 && message[0] == 1;
        ByteBuffer words = ByteBuffer.wrap(request ? message : new byte[8]);
        return request && words.getInt() == 0x0100_0000 ? Integer.toUnsignedLong(words.getInt()) : RegisterRequest.NONE;
    }
}
