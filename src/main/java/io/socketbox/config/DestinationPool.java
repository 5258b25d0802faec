package io.socketbox.config;

import io.socketbox.route.Destination;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Keeps each distinct destination once, as bytes, until all of them are known. */
final class DestinationPool {
    /** What the bytes of a destination are. */
    enum Kind {
        UNIX,
        ABSTRACT,
        TEMPLATE,
        DESCRIPTOR,
        /** The digits of its number. */
        GROUP,
        /** Its name. */
        POOL
    }

    private byte[] bytes = new byte[256];
    private int[] ends = new int[16];
    private Kind[] kinds = new Kind[16];
    private int[] hashTable = new int[64];
    private int count;

    /** The index of a destination; the same for the same kind and bytes. */
    int intern(Kind kind, byte[] text, int from, int to) {
        int hash = hash(kind, text, from, to);
        int slot = hash & (hashTable.length - 1);
        while (hashTable[slot] != 0) {
            int index = hashTable[slot] - 1;
            if (kinds[index] == kind && Arrays.equals(bytes, start(index), ends[index], text, from, to)) {
                return index;
            }
            slot = (slot + 1) & (hashTable.length - 1);
        }
        append(kind, text, from, to);
        hashTable[slot] = count;
        if (count * 2 > hashTable.length) {
            rehash();
        }
        return count - 1;
    }

    int count() {
        return count;
    }

    /** @param receivers knows what stands behind the names of pools and the numbers of groups. */
    List<Destination> destinations(ReceiverSections receivers) {
        List<Destination> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String text = new String(bytes, start(i), ends[i] - start(i), StandardCharsets.ISO_8859_1);
            all.add(
                    switch (kinds[i]) {
                        case UNIX -> new Destination.UnixSocket(text);
                        case ABSTRACT -> new Destination.AbstractSocket(text);
                        case TEMPLATE -> new Destination.PathTemplate(text);
                        case DESCRIPTOR -> new Destination.InheritedDescriptor(Integer.parseInt(text));
                        case GROUP -> receivers.group(Integer.parseUnsignedInt(text));
                        case POOL -> receivers.pool(text);
                    });
        }
        return all;
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    private void append(Kind kind, byte[] text, int from, int to) {
        int start = count == 0 ? 0 : ends[count - 1];
        int end = start + to - from;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length + bytes.length / 2));
        }
        System.arraycopy(text, from, bytes, start, to - from);
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, count * 2);
            kinds = Arrays.copyOf(kinds, count * 2);
        }
        ends[count] = end;
        kinds[count] = kind;
        count++;
    }

    private void rehash() {
        hashTable = new int[hashTable.length * 2];
        for (int i = 0; i < count; i++) {
            int slot = hash(kinds[i], bytes, start(i), ends[i]) & (hashTable.length - 1);
            while (hashTable[slot] != 0) {
                slot = (slot + 1) & (hashTable.length - 1);
            }
            hashTable[slot] = i + 1;
        }
    }

    private static int hash(Kind kind, byte[] text, int from, int to) {
        int hash = kind.name().length();
        for (int i = from; i < to; i++) {
            hash = hash * 31 + text[i];
        }
        return hash ^ (hash >>> 16);
    }
}
