package io.socketbox.linux;

import java.nio.charset.StandardCharsets;

/**
 * Byte strings: paths and names as the kernel has them, kept as {@code String}s whose chars are single bytes
 * (ISO-8859-1), so that they survive byte for byte whatever the locale.
 */
public final class ByteStrings {
    private ByteStrings() {}

    /** The byte string of ordinary text, as UTF-8. */
    public static String of(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The byte string of these bytes. */
    public static String of(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The bytes themselves. */
    public static byte[] bytes(String byteString) {
        return byteString.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * For people: decoded as UTF-8, an abstract name's leading NUL as {@code @}, other control characters as {@code ?}.
     */
    public static String display(String byteString) {
        String text = new String(bytes(byteString), StandardCharsets.UTF_8);
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(c == '\0' && i == 0 ? '@' : Character.isISOControl(c) ? '?' : c);
        }
        return shown.toString();
    }
}
