package io.socketbox.linux;

/** This machine's architecture, system or kernel is not one that socketbox runs on; the message says which it needs. */
public final class UnsupportedPlatformException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedPlatformException(String message) {
        super(message);
    }
}
