package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.socketbox.bindings.x86_64.linux_h;
import io.socketbox.bindings.x86_64.sockaddr_in;
import io.socketbox.bindings.x86_64.sockaddr_in6;
import io.socketbox.bindings.x86_64.sockaddr_un;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A socket address in native memory with its length, and the fields of an internet address read out of it. Allocates
 * nothing after it was made.
 */
final class AddressBuffer {
    static final int AF_INET = linux_h.AF_INET();
    static final int AF_INET6 = linux_h.AF_INET6();
    static final int AF_UNIX = linux_h.AF_UNIX();

    /** Bytes that {@link #AddressBuffer} needs: the address, then its length. */
    static final long BYTES = 136;

    /** The longest path or abstract name of a UNIX socket that leaves room for the NUL that ends or begins it. */
    static final int MAX_UNIX_NAME = 107;

    private static final long MAX_ADDRESS = 128;
    private static final ValueLayout.OfShort NET_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NET_INT = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NET_LONG = JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long V4_MAPPED = 0xffff_0000_0000L;

    private static final long FAMILY = sockaddr_in6.sin6_family$offset();
    private static final long PORT6 = sockaddr_in6.sin6_port$offset();
    private static final long ADDR6 = sockaddr_in6.sin6_addr$offset();
    private static final long SCOPE6 = sockaddr_in6.sin6_scope_id$offset();
    private static final long SIZE6 = sockaddr_in6.layout().byteSize();
    private static final long PORT4 = sockaddr_in.sin_port$offset();
    private static final long ADDR4 = sockaddr_in.sin_addr$offset();
    private static final long UNIX_PATH = sockaddr_un.sun_path$offset();

    private final MemorySegment memory;
    private final long address;
    private int family;
    private long hi;
    private long lo;
    private int port;
    private int scopeId;

    /** @param memory {@link #BYTES} bytes, aligned to 8; the caller keeps it alive */
    AddressBuffer(MemorySegment memory) {
        this.memory = memory;
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
        return memory.get(JAVA_INT, MAX_ADDRESS);
    }

    /** Before a call that fills this buffer: all of it may be used. */
    void expect() {
        memory.set(JAVA_INT, MAX_ADDRESS, (int) MAX_ADDRESS);
    }

    /** After a call that filled it: IPv4 as v4-mapped; other families as {@code ::} port 0. */
    void decode() {
        family = length() < 2 ? 0 : memory.get(JAVA_SHORT, FAMILY);
        if (family == AF_INET6) {
            hi = memory.get(NET_LONG, ADDR6);
            lo = memory.get(NET_LONG, ADDR6 + Long.BYTES);
            port = memory.get(NET_SHORT, PORT6) & 0xffff;
            scopeId = memory.get(JAVA_INT, SCOPE6);
        } else if (family == AF_INET) {
            hi = 0;
            lo = V4_MAPPED | (memory.get(NET_INT, ADDR4) & 0xffff_ffffL);
            port = memory.get(NET_SHORT, PORT4) & 0xffff;
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
        memory.asSlice(0, SIZE6).fill((byte) 0);
        memory.set(JAVA_SHORT, FAMILY, (short) AF_INET6);
        memory.set(NET_SHORT, PORT6, (short) portNumber);
        memory.set(NET_LONG, ADDR6, addressHi);
        memory.set(NET_LONG, ADDR6 + Long.BYTES, addressLo);
        memory.set(JAVA_INT, SCOPE6, scope);
        memory.set(JAVA_INT, MAX_ADDRESS, (int) SIZE6);
    }

    /** Puts a path or an abstract name with its leading NUL; false when it is empty or too long. */
    boolean putUnix(String name) {
        int length = name.length();
        if (length == 0 || length > MAX_UNIX_NAME) {
            return false;
        }
        memory.set(JAVA_SHORT, FAMILY, (short) AF_UNIX);
        for (int i = 0; i < length; i++) {
            memory.set(JAVA_BYTE, UNIX_PATH + i, (byte) name.charAt(i));
        }
        boolean isPath = name.charAt(0) != '\0';
        if (isPath) {
            memory.set(JAVA_BYTE, UNIX_PATH + length, (byte) 0);
        }
        memory.set(JAVA_INT, MAX_ADDRESS, (int) UNIX_PATH + length + (isPath ? 1 : 0));
        return true;
    }

    /** The name of a UNIX address, without the NUL that ends a path; empty when the socket has none. */
    String unixName() {
        int length = length() - (int) UNIX_PATH;
        if (family != AF_UNIX || length <= 0) {
            return "";
        }
        StringBuilder name = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = (char) (memory.get(JAVA_BYTE, UNIX_PATH + i) & 0xff);
            if (c == '\0' && i > 0 && name.charAt(0) != '\0') {
                break;
            }
            name.append(c);
        }
        return name.toString();
    }
}
