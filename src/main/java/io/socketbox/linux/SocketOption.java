package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;

/** Options of socket(7), tcp(7), ip(7) and ipv6(7) whose value is an int. */
public enum SocketOption {
    SO_REUSEADDR(linux_h.SOL_SOCKET(), linux_h.SO_REUSEADDR()),
    SO_REUSEPORT(linux_h.SOL_SOCKET(), linux_h.SO_REUSEPORT()),
    SO_TYPE(linux_h.SOL_SOCKET(), linux_h.SO_TYPE()),
    SO_DOMAIN(linux_h.SOL_SOCKET(), linux_h.SO_DOMAIN()),
    SO_PROTOCOL(linux_h.SOL_SOCKET(), linux_h.SO_PROTOCOL()),
    SO_ACCEPTCONN(linux_h.SOL_SOCKET(), linux_h.SO_ACCEPTCONN()),
    SO_ERROR(linux_h.SOL_SOCKET(), linux_h.SO_ERROR()),
    SO_KEEPALIVE(linux_h.SOL_SOCKET(), linux_h.SO_KEEPALIVE()),
    SO_SNDBUF(linux_h.SOL_SOCKET(), linux_h.SO_SNDBUF()),
    SO_RCVBUF(linux_h.SOL_SOCKET(), linux_h.SO_RCVBUF()),
    TCP_NODELAY(linux_h.IPPROTO_TCP(), linux_h.TCP_NODELAY()),
    IP_BIND_ADDRESS_NO_PORT(linux_h.IPPROTO_IP(), linux_h.IP_BIND_ADDRESS_NO_PORT()),
    IP_TRANSPARENT(linux_h.IPPROTO_IP(), linux_h.IP_TRANSPARENT()),
    IP_FREEBIND(linux_h.IPPROTO_IP(), linux_h.IP_FREEBIND()),
    IPV6_V6ONLY(linux_h.IPPROTO_IPV6(), linux_h.IPV6_V6ONLY()),
    IPV6_TRANSPARENT(linux_h.IPPROTO_IPV6(), linux_h.IPV6_TRANSPARENT()),
    IPV6_FREEBIND(linux_h.IPPROTO_IPV6(), linux_h.IPV6_FREEBIND());

    private final int level;
    private final int number;

    SocketOption(int level, int number) {
        this.level = level;
        this.number = number;
    }

    int level() {
        return level;
    }

    int number() {
        return number;
    }
}
