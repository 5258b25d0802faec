package io.socketbox.linux;

/** An entry of the user database (passwd(5)); {@code name} is a byte string, {@code gid} the primary group. */
public record User(String name, int uid, int gid) {}
