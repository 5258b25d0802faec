package io.socketbox.linux;

import io.socketbox.bindings.x86_64.linux_h;

/** Event bits of epoll_ctl(2), for the calls in {@link HotCalls}. */
public final class Epoll {
    public static final int IN = linux_h.EPOLLIN();
    public static final int OUT = linux_h.EPOLLOUT();
    public static final int PRI = linux_h.EPOLLPRI();
    public static final int ERR = linux_h.EPOLLERR();
    public static final int HUP = linux_h.EPOLLHUP();
    public static final int RDHUP = linux_h.EPOLLRDHUP();
    public static final int EXCLUSIVE = linux_h.EPOLLEXCLUSIVE();
    public static final int ET = linux_h.EPOLLET();

    private Epoll() {}
}
