package io.socketbox.relay;

import io.socketbox.linux.HotCalls;
import io.socketbox.linux.StreamCalls;
import io.socketbox.observe.EventLog;

/** What the connections and services of one agent share. */
record Loop(HotCalls hot, StreamCalls calls, int epollFd, PipePool pipes, Gathering gathering, EventLog log) {}
