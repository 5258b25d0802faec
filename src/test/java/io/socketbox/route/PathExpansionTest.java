package io.socketbox.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PathExpansionTest {
    private static final long HI = 0x2001_0db8_0000_ffffL;
    private static final long LO = 0x0001_000a_0100_8000L;

    @Test
    void wordsOfTheAddressAreFiveDigitsEach() {
        PathExpansion template = new PathExpansion("/run/#//0_/#//1_/#//2_/#//3_/#//4_/#//5_/#//6_/#//7_");
        assertEquals("/run/08193/03512/00000/65535/00001/00010/00256/32768", template.expand(HI, LO, 80));
    }

    @Test
    void thePortIsFiveDigits() {
        assertEquals("/run/00080", new PathExpansion("/run/#//P_").expand(HI, LO, 80));
    }

    @Test
    void onlyTheFirstOccurrenceOfEachIsReplaced() {
        assertEquals("00080#//P_00001#//4_", new PathExpansion("#//P_#//P_#//4_#//4_").expand(HI, LO, 80));
    }

    @Test
    void whatIsNoHoleStays() {
        assertEquals("/#//8_#//p_#/0_#//", new PathExpansion("/#//8_#//p_#/0_#//").expand(HI, LO, 80));
    }

    @Test
    void masksSayWhatThePathDependsOn() {
        PathExpansion template = new PathExpansion("/#//1_#//7_");
        assertEquals(0x0000_ffff_0000_0000L, template.hiMask());
        assertEquals(0xffffL, template.loMask());
        assertEquals(0, template.portMask());
        assertEquals(0xffff, new PathExpansion("/#//P_").portMask());
    }

    @Test
    void agreesWithReplacingTextStepByStep() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String[] parts = {"#", "/", "_", "P", "x", "#//", "#//0_", "#//3_", "#//4_", "#//7_", "#//P_", "#//9_"};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder pattern = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                pattern.append(parts[random.nextInt(parts.length)]);
            }
            long hi = random.nextLong();
            long lo = random.nextLong();
            int port = random.nextInt(65536);
            assertEquals(
                    stepByStep(pattern.toString(), hi, lo, port),
                    new PathExpansion(pattern.toString()).expand(hi, lo, port),
                    () -> "pattern " + pattern + ", seed " + seed);
        }
    }

    private static String stepByStep(String pattern, long hi, long lo, int port) {
        String path = pattern;
        for (int word = 0; word < 8; word++) {
            long half = word < 4 ? hi : lo;
            int value = (int) (half >>> (48 - 16 * (word % 4))) & 0xffff;
            path = replaceFirst(path, "#//" + word + "_", value);
        }
        return replaceFirst(path, "#//P_", port);
    }

    private static String replaceFirst(String text, String hole, int value) {
        int at = text.indexOf(hole);
        return at < 0
                ? text
                : text.substring(0, at) + String.format("%05d", value) + text.substring(at + hole.length());
    }
}
