package io.socketbox.linux;

/** Who connected, or made the socket pair (unix(7), SO_PEERCRED), as they were at that time. */
public record PeerCredentials(int pid, int uid, int gid) {}
