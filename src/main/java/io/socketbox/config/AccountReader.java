package io.socketbox.config;

import io.socketbox.route.RegisterSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Reads users and groups, each a name or a number. A mistake is told to the parser. */
final class AccountReader {
    private static final long MAX_ID = 0xffff_fffeL;

    private final ConfigurationParser parser;
    private final AccountNames names;
    private final byte[] text;
    private int uid;
    private int gid;

    AccountReader(ConfigurationParser parser, AccountNames names, byte[] text) {
        this.parser = parser;
        this.names = names;
        this.text = text;
    }

    int uid() {
        return uid;
    }

    int gid() {
        return gid;
    }

    /** {@code USER}, {@code USER:GROUP} or {@code :GROUP}; afterwards {@link #uid()} and {@link #gid()}. */
    boolean readOwner(int from, int to) {
        int colon = from;
        while (colon < to && text[colon] != ':') {
            colon++;
        }
        uid = RegisterSocket.SAME;
        gid = RegisterSocket.SAME;
        boolean good = true;
        if (colon > from) {
            OptionalInt found = read("user", from, colon);
            good = found.isPresent();
            uid = found.orElse(RegisterSocket.SAME);
        }
        if (colon + 1 < to) {
            OptionalInt found = read("group", colon + 1, to);
            good &= found.isPresent();
            gid = found.orElse(RegisterSocket.SAME);
        } else if (colon < to || colon == from) {
            parser.error(from, to, "owner needs USER, USER:GROUP or :GROUP", "remove what is too much");
            good = false;
        }
        return good;
    }

    /** {@code USER,USER}; those that are known. */
    List<Integer> readUsers(int from, int to) {
        List<Integer> users = new ArrayList<>();
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i == to || text[i] == ',') {
                read("user", start, i).ifPresent(users::add);
                start = i + 1;
            }
        }
        return users;
    }

    private OptionalInt read(String kind, int from, int to) {
        if (from == to) {
            parser.error(from, to, "a " + kind + " is missing", "remove the comma, or write a name or number");
            return OptionalInt.empty();
        }
        String name = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
        OptionalInt found = isNumber(name) ? number(name) : kind.equals("user") ? names.user(name) : names.group(name);
        if (found.isEmpty()) {
            parser.error(
                    from,
                    to,
                    "unknown " + kind + " '" + Quoting.display(name) + "'",
                    "write its number; names are looked up where the file is read, after -x in the new root");
        }
        return found;
    }

    private static boolean isNumber(String name) {
        return name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static OptionalInt number(String digits) {
        long id = digits.length() > 10 ? Long.MAX_VALUE : Long.parseLong(digits);
        return id <= MAX_ID ? OptionalInt.of((int) id) : OptionalInt.empty();
    }
}
