package io.socketbox.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CrowdTest {
    private final Crowd crowd = new Crowd();
    private long accepted;

    private long turn(int acceptedNow) {
        accepted += acceptedNow;
        return crowd.restNs(accepted);
    }

    @Test
    void thereIsARestWhileManyCome() {
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Crowd.REST_NS, turn(Crowd.MORE));
        }
        assertEquals(0, turn(0));
    }

    @Test
    void fewAreNotHeldUp() {
        for (int i = 0; i < 1_000; i++) {
            assertEquals(0, turn(Crowd.MANY - 1));
        }
    }

    /** As four clients that come again and again would be. */
    @Test
    void norAreThoseWhoAreNoMoreThanThat() {
        for (int i = 0; i < 100; i++) {
            assertEquals(Crowd.REST_NS, turn(Crowd.MANY));
            for (int j = 0; j < Crowd.TURNS_WITHOUT; j++) {
                assertEquals(0, turn(Crowd.MANY), "turn " + j);
            }
        }
    }
}
