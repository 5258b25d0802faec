package io.socketbox.server;

import java.nio.charset.StandardCharsets;

/**
 * Arguments and paths travel as strings whose chars are single bytes (ISO-8859-1), so that they reach the kernel
 * byte for byte whatever the locale is. This turns them into text for people.
 */
final class ByteStrings {
    private ByteStrings() {}

    /**
     * Decodes the bytes as UTF-8.
     *
     * @param bytes a string of single-byte chars.
     * @return text to show; bytes that are not UTF-8 become U+FFFD, control characters a question mark.
     */
    static String display(String bytes) {
        String text = new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(c < ' ' || c == 0x7f ? '?' : c);
        }
        return shown.toString();
    }
}
