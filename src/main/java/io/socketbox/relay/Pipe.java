package io.socketbox.relay;

/** The two ends of a pipe; whoever holds this object owns them. */
record Pipe(int readFd, int writeFd) {}
