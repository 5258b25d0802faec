package io.socketbox.config;

import java.util.Locale;

/** The words of the language. */
enum Keyword {
    DEFAULT("default", ""),
    FAIL("fail", ""),
    IP("ip", "ADDR[/LEN]"),
    PORT("port", "N"),
    RIP("rip", "ADDR[/LEN]"),
    RPORT("rport", "N"),
    JUMP_UNIX("jump-unix", "PATH"),
    JUMP_ABSTRACT("jump-abstract", "NAME"),
    JUMP_FD("jump-fd", "N"),
    JUMP_RULE("jump-rule", "SET"),
    JUMP_MAP("jump-map", "SET"),
    JUMP_PREFIX("jump-prefix", "SET"),
    JUMP_GROUP("jump-group", "N"),
    JUMP_POOL("jump-pool", "NAME"),
    RULE_SET("rule-set", "SET"),
    MAP_SET("map-set", "SET"),
    PREFIX_SET("prefix-set", "SET"),
    SIZE("size", "N"),
    MAX_RULES("max-rules", "N"),
    MAX_MAPS("max-maps", "N"),
    MATCH_LIP("match-lip", "LEN"),
    MATCH_RIP("match-rip", "LEN"),
    MATCH_LPORT("match-lport", ""),
    MATCH_RPORT("match-rport", ""),
    REGISTER("register", "PATH"),
    MODE("mode", "OCTAL"),
    OWNER("owner", "USER:GROUP"),
    GROUP("group", "N"),
    UID("uid", "USER,..."),
    POOL("pool", "NAME"),
    WEIGHT("weight", "N"),
    BALANCE("balance", "POLICY"),
    LIMIT("limit", "NAME"),
    USE_LIMIT("use-limit", "NAME"),
    LIMIT_ALL("limit-all", "NAME"),
    RATE("rate", "N/s"),
    BURST("burst", "N"),
    OVER("over", "wait|close"),
    CLIENT_RATE("client-rate", "N/s"),
    CLIENT_BURST("client-burst", "N"),
    CLIENT_OVER("client-over", "wait|close"),
    CLIENTS("clients", "N"),
    PREFIX6("prefix6", "LEN"),
    PREFIX4("prefix4", "LEN");

    private static final Keyword[] ALL = values();

    private final String word;
    private final String value;

    Keyword(String word, String value) {
        this.word = word;
        this.value = value;
    }

    String word() {
        return word;
    }

    boolean takesValue() {
        return !value.isEmpty();
    }

    /** The word with what follows it, for hints. */
    String usage() {
        return value.isEmpty() ? word : word + ":" + value;
    }

    /** The word that stands in the bytes {@code from} to {@code to}, or null. */
    static Keyword find(byte[] text, int from, int to) {
        for (Keyword keyword : ALL) {
            if (keyword.word.length() == to - from && keyword.isAt(text, from)) {
                return keyword;
            }
        }
        return null;
    }

    private boolean isAt(byte[] text, int from) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) != text[from + i]) {
                return false;
            }
        }
        return true;
    }

    /** The word that somebody probably meant, or null: the one it abbreviates, else one a few typing errors away. */
    static Keyword nearest(String unknown) {
        String wanted = unknown.toLowerCase(Locale.ROOT).replace('_', '-');
        for (Keyword keyword : ALL) {
            if (!wanted.isEmpty() && keyword.word.startsWith(wanted)) {
                return keyword;
            }
        }
        Keyword nearest = null;
        int least = Math.max(1, wanted.length() / 3) + 1;
        for (Keyword keyword : ALL) {
            int distance = distance(wanted, keyword.word);
            if (distance < least) {
                least = distance;
                nearest = keyword;
            }
        }
        return nearest;
    }

    /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = best;
            }
        }
        return cost[a.length()][b.length()];
    }
}
