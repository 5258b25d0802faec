package io.socketbox.relay;

/**
 * The two ends of a pipe; whoever holds this object owns them.
 *
 * @param bytes what it holds.
 */
record Pipe(int readFd, int writeFd, int bytes) {}
