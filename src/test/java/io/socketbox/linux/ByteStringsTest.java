package io.socketbox.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ByteStringsTest {
    @Test
    void everyByteSurvives() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        assertArrayEquals(all, ByteStrings.bytes(ByteStrings.of(all)));
    }

    @Test
    void isShownAsUtf8WithoutControlCharacters() {
        assertEquals("/run/gr\u00fc\u00dfe", ByteStrings.display(ByteStrings.of("/run/gr\u00fc\u00dfe")));
        assertEquals("@abstract", ByteStrings.display("\0abstract"));
        assertEquals("a?b?c", ByteStrings.display("a\nb\0c"));
        assertEquals("\ufffd", ByteStrings.display("\u00ff"));
    }
}
