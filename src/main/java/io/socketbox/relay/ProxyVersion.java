package io.socketbox.relay;

/** Whether and how the target is told who the client is: the PROXY protocol of HAProxy (doc/proxy-protocol.txt there). */
enum ProxyVersion {
    NONE,
    /** A line of text. */
    V1,
    /** Binary. */
    V2
}
