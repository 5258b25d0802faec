package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A socket address in native memory with its length, and the fields of an internet address read out of it. Allocates
 * nothing after it was made.
 *
 * <p>Memory is read through a {@link ByteBuffer}, here and in the other classes of the hot calls: each kind of {@code
 * ValueLayout} that is used for the first time costs milliseconds at start-up, a buffer nothing.
 */
final class AddressBuffer {
    static final int AF_INET = linux_h.AF_INET();
    static final int AF_INET6 = linux_h.AF_INET6();
    static final int AF_UNIX = linux_h.AF_UNIX();

    /** Bytes that {@link #AddressBuffer} needs: the address, then its length. */
    static final long BYTES = 136;

    /** The longest path or abstract name of a UNIX socket that leaves room for the NUL that ends or begins it. */
    static final int MAX_UNIX_NAME = 107;

    private static final int MAX_ADDRESS = 128;
    private static final long V4_MAPPED = 0xffff_0000_0000L;

    // Where the address structs have their fields. A test compares these with the bindings: to load the generated
    // layouts, which
    // have arrays and so build VarHandles, would be a third of what this package costs at start-up.
    static final int FAMILY = 0;
    static final int PORT6 = 2;
    static final int FLOW6 = 4;
    static final int ADDR6 = 8;
    static final int SCOPE6 = 24;
    static final int SIZE6 = 28;
    static final int PORT4 = 2;
    static final int ADDR4 = 4;
    static final int UNIX_PATH = 2;

    private final ByteBuffer bytes;
    private final long address;
    private int family;
    private long hi;
    private long lo;
    private int port;
    private int scopeId;

    /** @param memory {@link #BYTES} bytes, aligned to 8; the caller keeps it alive */
    AddressBuffer(MemorySegment memory) {
        this.bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());
        this.address = memory.address();
    }

    long address() {
        return address;
    }

    /** Where the kernel finds and leaves the length. */
    long lengthAddress() {
        return address + MAX_ADDRESS;
    }

    int length() {
        return bytes.getInt(MAX_ADDRESS);
    }

    /** Before a call that fills this buffer: all of it may be used. */
    void expect() {
        bytes.putInt(MAX_ADDRESS, MAX_ADDRESS);
    }

    /** After a call that filled it: IPv4 as v4-mapped; other families as {@code ::} port 0. */
    void decode() {
        family = length() < 2 ? 0 : bytes.getShort(FAMILY);
        if (family == AF_INET6) {
            hi = Long.reverseBytes(bytes.getLong(ADDR6));
            lo = Long.reverseBytes(bytes.getLong(ADDR6 + Long.BYTES));
            port = Short.reverseBytes(bytes.getShort(PORT6)) & 0xffff;
            scopeId = bytes.getInt(SCOPE6);
        } else if (family == AF_INET) {
            hi = 0;
            lo = V4_MAPPED | (Integer.reverseBytes(bytes.getInt(ADDR4)) & 0xffff_ffffL);
            port = Short.reverseBytes(bytes.getShort(PORT4)) & 0xffff;
            scopeId = 0;
        } else {
            forget();
        }
    }

    /** After a call that failed: nobody's address, rather than the previous one. */
    void clear() {
        family = 0;
        forget();
    }

    private void forget() {
        hi = 0;
        lo = 0;
        port = 0;
        scopeId = 0;
    }

    int family() {
        return family;
    }

    long hi() {
        return hi;
    }

    long lo() {
        return lo;
    }

    int port() {
        return port;
    }

    int scopeId() {
        return scopeId;
    }

    void putInet6(long addressHi, long addressLo, int portNumber, int scope) {
        bytes.putInt(FLOW6, 0);
        bytes.putShort(FAMILY, (short) AF_INET6);
        bytes.putShort(PORT6, Short.reverseBytes((short) portNumber));
        bytes.putLong(ADDR6, Long.reverseBytes(addressHi));
        bytes.putLong(ADDR6 + Long.BYTES, Long.reverseBytes(addressLo));
        bytes.putInt(SCOPE6, scope);
        bytes.putInt(MAX_ADDRESS, SIZE6);
    }

    /** Puts a path or an abstract name with its leading NUL; false when it is empty or too long. */
    boolean putUnix(String name) {
        int length = name.length();
        if (length == 0 || length > MAX_UNIX_NAME) {
            return false;
        }
        bytes.putShort(FAMILY, (short) AF_UNIX);
        for (int i = 0; i < length; i++) {
            bytes.put(UNIX_PATH + i, (byte) name.charAt(i));
        }
        boolean isPath = name.charAt(0) != '\0';
        if (isPath) {
            bytes.put(UNIX_PATH + length, (byte) 0);
        }
        bytes.putInt(MAX_ADDRESS, UNIX_PATH + length + (isPath ? 1 : 0));
        return true;
    }

    /** The name of a UNIX address, without the NUL that ends a path; empty when the socket has none. */
    String unixName() {
        int length = length() - UNIX_PATH;
        if (family != AF_UNIX || length <= 0) {
            return "";
        }
        StringBuilder name = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = (char) (bytes.get(UNIX_PATH + i) & 0xff);
            if (c == '\0' && i > 0 && name.charAt(0) != '\0') {
                break;
            }
            name.append(c);
        }
        return name.toString();
    }
}
