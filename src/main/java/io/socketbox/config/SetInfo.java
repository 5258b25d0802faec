package io.socketbox.config;

/** What the parser remembers of a set until the end of the file. */
final class SetInfo {
    /** A comparison that a map was not told to make. */
    static final int NOT_COMPARED = -1;

    private final String name;

    /** Where the set was opened first, from 1; 0 when it never was. */
    int line;

    /** Where the first jump to it stands: line, and bytes of the token. */
    int jumpLine;

    int jumpFrom;
    int jumpTo;
    int jumps;

    /** Where {@code default} stands; 0 when there is none. */
    int defaultLine;

    int entries;
    int firstEntryLine;

    /** A map's {@code match-lip} and {@code match-rip}. */
    int matchLocal = NOT_COMPARED;

    int matchPeer = NOT_COMPARED;
    boolean matchLocalPort;
    boolean matchPeerPort;

    SetInfo(String name) {
        this.name = name;
    }

    /** A byte string. */
    String name() {
        return name;
    }

    boolean comparesSomething() {
        return matchLocal != NOT_COMPARED || matchPeer != NOT_COMPARED || matchLocalPort || matchPeerPort;
    }
}
