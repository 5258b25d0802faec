package io.socketbox.dispatch;

import io.socketbox.linux.HotCalls;

/** What a receiver asks with: eight bytes, {@code 01 00 0000} and the group in network order, without a descriptor. */
final class RegisterRequest {
    /** Instead of a group. */
    static final long NONE = -1;

    private static final byte[] HEAD = {1, 0, 0, 0};
    private static final int SIZE = 8;

    private RegisterRequest() {}

    /**
     * The group that the last message asks for.
     *
     * @param calls have received it; a descriptor that came along stays the caller's.
     * @param length of its payload; less than 0 where receiving failed.
     * @return 32 bits, unsigned, or {@link #NONE} where it is no request.
     */
    static long group(HotCalls calls, int length) {
        if (length != SIZE || calls.receivedFd() >= 0) {
            return NONE;
        }
        for (int i = 0; i < HEAD.length; i++) {
            if (calls.payloadByte(i) != HEAD[i]) {
                return NONE;
            }
        }
        long group = 0;
        for (int i = HEAD.length; i < SIZE; i++) {
            group = group << Byte.SIZE | (calls.payloadByte(i) & 0xff);
        }
        return group;
    }
}
