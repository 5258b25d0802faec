package io.socketbox.inetd;

import io.socketbox.dispatch.Mailbox;
import io.socketbox.handoff.StreamCheck;
import io.socketbox.linux.HotCalls;
import io.socketbox.observe.EventLog;

/**
 * What the services of one agent share.
 *
 * @param mailbox by which other threads reach the agent's thread.
 * @param registrationGone called when a registration ended that is not to be made anew.
 */
record Loop(
        HotCalls calls,
        int epollFd,
        Mailbox mailbox,
        Budget budget,
        Children children,
        StreamCheck check,
        Runnable registrationGone,
        EventLog log) {}
