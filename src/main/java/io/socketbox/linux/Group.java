package io.socketbox.linux;

/** An entry of the group database (group(5)); {@code name} is a byte string. */
public record Group(String name, int gid) {}
