package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;

/** Capabilities (capabilities(7)) that something here may need. */
public enum Capability {
    /** To bind ports below net.ipv4.ip_unprivileged_port_start. */
    NET_BIND_SERVICE(linux_h.CAP_NET_BIND_SERVICE()),
    /** To set IPV6_TRANSPARENT; {@link #NET_RAW} does as well. */
    NET_ADMIN(linux_h.CAP_NET_ADMIN()),
    /** To set IPV6_TRANSPARENT. */
    NET_RAW(linux_h.CAP_NET_RAW()),
    /** To change user ids. */
    SETUID(linux_h.CAP_SETUID()),
    /** To change group ids. */
    SETGID(linux_h.CAP_SETGID()),
    /** To chroot. */
    SYS_CHROOT(linux_h.CAP_SYS_CHROOT()),
    /** To enter namespaces, and to pass more descriptors than RLIMIT_NOFILE. */
    SYS_ADMIN(linux_h.CAP_SYS_ADMIN()),
    /** To raise hard limits. */
    SYS_RESOURCE(linux_h.CAP_SYS_RESOURCE());

    private final int bit;

    Capability(int bit) {
        this.bit = bit;
    }

    /** This capability alone in a bit mask such as {@link ThreadStatus#effective}. */
    public long mask() {
        return 1L << bit;
    }
}
