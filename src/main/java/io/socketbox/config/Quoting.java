package io.socketbox.config;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes of a configuration, shown to people: decoded as UTF-8, with nothing that could confuse a terminal. */
final class Quoting {
    private Quoting() {}

    /** One byte in quotes. */
    static String character(byte b) {
        if (b >= ' ' && b < 0x7f) {
            return "'" + (char) b + "'";
        }
        return "byte 0x" + Character.forDigit(b >> 4 & 15, 16) + Character.forDigit(b & 15, 16);
    }

    /** Some bytes, without quotes. */
    static String display(byte[] text, int from, int to) {
        StringBuilder shown = new StringBuilder(to - from);
        StandardCharsets.UTF_8
                .decode(ByteBuffer.wrap(text, from, to - from))
                .chars()
                .forEach(c -> {
                    if (c == '\t') {
                        shown.append(' ');
                    } else if (Character.isISOControl(c)) {
                        shown.append('\ufffd');
                    } else {
                        shown.append((char) c);
                    }
                });
        return shown.toString();
    }

    /** A byte string (one char for each byte), without quotes. */
    static String display(String byteString) {
        byte[] bytes = byteString.getBytes(StandardCharsets.ISO_8859_1);
        return display(bytes, 0, bytes.length);
    }
}
