package io.socketbox.linux;

/**
 * A socket's address.
 *
 * @param family {@link Sockets#AF_INET6}, {@link Sockets#AF_INET}, {@link Sockets#AF_UNIX} or 0
 * @param hi the first 64 bits of the IPv6 address; IPv4 is v4-mapped
 * @param lo its last 64 bits
 * @param port 0 unless an internet address
 * @param scopeId interface index of a link-local address, else 0
 * @param unixPath a UNIX socket's path as a byte string, an abstract name with its leading NUL, or empty
 */
public record Endpoint(int family, long hi, long lo, int port, int scopeId, String unixPath) {
    /** {@code [2001:db8::1]:80}, {@code 1.2.3.4:80} or {@code unix:/run/x}. */
    @Override
    public String toString() {
        return family == AddressBuffer.AF_UNIX
                ? "unix:" + ByteStrings.display(unixPath)
                : Inet6Text.format(hi, lo, scopeId, port);
    }
}
