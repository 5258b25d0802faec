package io.socketbox.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class SipHashTest {
    /** The authors' vector for the key 00 to 0f and the message 00 to 0f. */
    @Test
    void hashesAsItsAuthorsSay() {
        SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertEquals(0x3f2acc7f57c29bdbL, hash.hash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L));
    }

    @Test
    void dependsOnItsKey() {
        assertNotEquals(new SipHash(1, 2).hash(3, 4), new SipHash(1, 3).hash(3, 4));
    }
}
