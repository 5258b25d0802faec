package io.socketbox.config;

import io.socketbox.config.Diagnostic.Severity;
import io.socketbox.route.RateLimit;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the lines after {@code limit:NAME} say, and which limits rules name; they may be named before they are defined.
 * The parser gives it the tokens and tells it where lines end.
 */
final class LimitReader {
    private static final int MAX_TRACKED = 1 << 20;
    private static final long MAX_TRACKED_TOGETHER = 1 << 21;
    private static final int MIN_TRACKED = 16;
    private static final long MIN_INTERVAL_NS = 1_000;
    /** Accepting wakes up once a millisecond at best; what comes meanwhile beyond the burst would be lost. */
    private static final long MIN_DEPTH_NS = 10_000_000;

    private final ConfigurationParser parser;
    private final ValueReader values;
    private final EntryLine entry;
    private final RouteModel model;
    private final Diagnostics diagnostics;
    private final byte[] text;
    private final Map<String, Integer> byName = new HashMap<>();
    private final List<LimitInfo> infos = new ArrayList<>();

    /** The limit that the line defines. */
    private LimitInfo current;

    private LimitInfo all;
    private int allLine;

    LimitReader(
            ConfigurationParser parser,
            ValueReader values,
            EntryLine entry,
            RouteModel model,
            Diagnostics diagnostics,
            byte[] text) {
        this.parser = parser;
        this.values = values;
        this.entry = entry;
        this.model = model;
        this.diagnostics = diagnostics;
        this.text = text;
    }

    /** Reads a token that stands where it does because of a limit. False: it is none. */
    boolean take(Keyword keyword, int from, int value, int to) {
        switch (keyword) {
            case LIMIT -> define(from, value, to);
            case LIMIT_ALL -> useForAll(from, value, to);
            case RATE, BURST, OVER, CLIENT_RATE, CLIENT_BURST, CLIENT_OVER, CLIENTS, PREFIX6, PREFIX4 ->
                readPart(keyword, from, value, to);
            default -> {
                if (current == null) {
                    return false;
                }
                misplaced(keyword, from, to);
            }
        }
        return true;
    }

    private void misplaced(Keyword keyword, int from, int to) {
        parser.error(from, to, keyword.word() + " does not belong to a limit", "begin a new line here");
    }

    private void define(int from, int value, int to) {
        if (current != null) {
            misplaced(Keyword.LIMIT, from, to);
            return;
        }
        if (entry.hasConditions() || entry.hasAction() || entry.isDefault()) {
            parser.error(
                    from,
                    to,
                    "a limit cannot be defined after an entry on the same line",
                    "a rule names a limit by " + Keyword.USE_LIMIT.usage());
            return;
        }
        String name = parser.readName(value, to, "limit");
        if (name == null) {
            return;
        }
        current = infos.get(find(name));
        if (current.line > 0) {
            parser.error(
                    from,
                    to,
                    current.describe() + " is defined in line " + current.line + " already",
                    "give one of the two another name");
            current = new LimitInfo(name);
        }
        current.line = parser.line();
    }

    private void useForAll(int from, int value, int to) {
        if (current != null) {
            misplaced(Keyword.LIMIT_ALL, from, to);
            return;
        }
        String name = parser.readName(value, to, "limit");
        if (name == null) {
            return;
        }
        LimitInfo info = infos.get(mention(name, value, to));
        if (all != null && all != info) {
            parser.error(
                    value,
                    to,
                    "line " + allLine + " named another limit for all connections",
                    "remove one of them: there is one for all, and one more for each rule");
            return;
        }
        all = info;
        allLine = parser.line();
    }

    /** {@code use-limit:NAME} in an entry. */
    void use(int value, int to) {
        String name = parser.readName(value, to, "limit");
        if (name != null) {
            entry.setLimit(mention(name, value, to));
        }
    }

    private int find(String name) {
        return byName.computeIfAbsent(name, n -> {
            infos.add(new LimitInfo(n));
            return infos.size() - 1;
        });
    }

    private int mention(String name, int from, int to) {
        int index = find(name);
        LimitInfo info = infos.get(index);
        if (info.useLine == 0) {
            info.useLine = parser.line();
            info.useFrom = from;
            info.useTo = to;
        }
        return index;
    }

    /** A token that follows {@code limit:NAME}. */
    private void readPart(Keyword keyword, int from, int value, int to) {
        if (current == null) {
            if (!parser.lineIsBad()) {
                parser.error(
                        from,
                        to,
                        keyword.word() + " stands outside of a limit",
                        "write " + Keyword.LIMIT.usage() + " before it, on the same line");
            }
            return;
        }
        switch (keyword) {
            case RATE -> readRate(current.total, value, to);
            case CLIENT_RATE -> readRate(current.client, value, to);
            case OVER -> readOver(current.total, keyword, value, to);
            case CLIENT_OVER -> readOver(current.client, keyword, value, to);
            case BURST -> current.total.burst = readNumber(value, to, 1, RateLimit.Rate.MAX_BURST, "burst");
            case CLIENT_BURST -> current.client.burst = readNumber(value, to, 1, RateLimit.Rate.MAX_BURST, "burst");
            case PREFIX6 -> current.prefix6 = readNumber(value, to, 1, 128, "prefix length");
            case PREFIX4 -> current.prefix4 = readNumber(value, to, 1, 32, "prefix length");
            default -> current.tracked = readNumber(value, to, MIN_TRACKED, MAX_TRACKED, "number of clients");
        }
    }

    private int readNumber(int from, int to, int least, int most, String noun) {
        return parser.check(values.readNumber(from, to, least, most, noun)) ? values.number() : least;
    }

    /** {@code N/s}, {@code N/m} or {@code N/h}; the interval is rounded up, so that the rate is never exceeded. */
    private void readRate(LimitInfo.Part part, int from, int to) {
        int slash = Math.max(from, to - 2);
        long unitNs = text[slash] != '/'
                ? 0
                : switch (text[to - 1]) {
                    case 's' -> 1_000_000_000L;
                    case 'm' -> 60_000_000_000L;
                    case 'h' -> 3_600_000_000_000L;
                    default -> 0;
                };
        boolean isRead = unitNs > 0 && values.readNumber(from, slash, 1, Integer.MAX_VALUE, "rate");
        part.rate = values.byteString(from, to);
        part.intervalNs = isRead ? (unitNs + values.number() - 1) / values.number() : 0;
        if (part.intervalNs < MIN_INTERVAL_NS) {
            parser.error(
                    from,
                    to,
                    "bad rate '" + Quoting.display(text, from, to) + "'",
                    "write connections per second, minute or hour, such as 100/s, 20/m or 5/h, up to 1000000/s");
        }
    }

    private void readOver(LimitInfo.Part part, Keyword keyword, int from, int to) {
        String word = values.byteString(from, to);
        part.waits = word.equals("wait");
        if (!part.waits && !word.equals("close")) {
            parser.error(
                    from,
                    to,
                    "bad word '" + Quoting.display(word) + "'",
                    "write " + keyword.word() + ":wait or " + keyword.word() + ":close");
        }
    }

    /** The line ends here, or a section on the same line: whether what it said as a whole makes sense. */
    void endLine(boolean lineIsBad) {
        LimitInfo defined = current;
        current = null;
        if (lineIsBad) {
            return;
        }
        if (defined != null) {
            checkDefinition(defined);
        } else if (entry.limit() != RouteModel.NONE) {
            checkEntry();
        }
    }

    private void checkDefinition(LimitInfo info) {
        if (info.total.isIncomplete()) {
            parser.errorLine(
                    "burst and over belong to rate, which is missing",
                    "add rate:N/s, or did you mean client-burst and client-over?");
        } else if (info.clientIsIncomplete()) {
            parser.errorLine(
                    "client-burst, client-over, clients, prefix6 and prefix4 belong to client-rate, which is missing",
                    "add client-rate:N/s");
        } else if (info.total.rate == null && info.client.rate == null) {
            parser.errorLine(
                    info.describe() + " limits nothing",
                    "add rate:N/s for all connections together, client-rate:N/s for those of one client, or both");
        }
    }

    private void checkEntry() {
        if (!entry.hasAction()) {
            parser.errorLine(
                    "use-limit stands without an action",
                    "write it on the line of the rule or default whose connections it limits");
        } else if (RouteModel.isJump(entry.action())) {
            parser.errorLine(
                    "a rule that jumps to a set has no limit of its own",
                    "write use-limit in that set, where the connections go to a destination");
        } else if (entry.action() == RouteTable.FAIL) {
            diagnostics.addLine(
                    Severity.WARNING, parser.line(), "what is closed need not be limited", "remove use-limit");
        }
    }

    /** The entry became a rule. */
    void endRule(int rule) {
        if (entry.limit() != RouteModel.NONE) {
            model.limitRule(rule, entry.limit());
            infos.get(entry.limit()).rules++;
        }
    }

    /** After the last line: what is wrong with the limits together. */
    void finish() {
        long tracked = 0;
        for (LimitInfo info : infos) {
            if (info.line == 0) {
                diagnostics.add(
                        Severity.ERROR,
                        info.useLine,
                        info.useFrom,
                        info.useTo,
                        "there is no " + info.describe(),
                        "define it on a line of its own, such as " + info.describe() + " rate:100/s");
            }
            boolean fitted = tracked <= MAX_TRACKED_TOGETHER;
            tracked += info.trackedClients();
            if (fitted && tracked > MAX_TRACKED_TOGETHER) {
                diagnostics.addLine(
                        Severity.ERROR,
                        info.line,
                        "the limits up to here track " + tracked + " clients, " + MAX_TRACKED_TOGETHER
                                + " is the most that is possible",
                        "write fewer clients:N; without it a limit with client-rate tracks 65536");
            }
        }
        if (diagnostics.errors() == 0) {
            warn();
        }
    }

    private void warn() {
        for (LimitInfo info : infos) {
            if (info.useLine == 0) {
                diagnostics.addLine(
                        Severity.WARNING,
                        info.line,
                        "nothing uses " + info.describe(),
                        "name it in a rule by use-limit, or for all connections by limit-all");
            }
        }
        RateLimit.Rate total = all == null ? null : all.limit().total();
        if (total != null && all.limit().totalWaits() && total.burst() * total.intervalNs() < MIN_DEPTH_NS) {
            diagnostics.addLine(
                    Severity.WARNING,
                    all.line,
                    "with so small a burst less than " + all.total.rate
                            + " may pass: accepting goes on once a millisecond",
                    "write burst:" + (MIN_DEPTH_NS + total.intervalNs() - 1) / total.intervalNs()
                            + " or more, or leave it out");
        }
    }

    /** The limits, by index. */
    List<RateLimit> limits() {
        return infos.stream().map(LimitInfo::limit).toList();
    }

    /** What is known of them, by index. */
    List<LimitInfo> infos() {
        return infos;
    }

    /** The index of the limit for all connections, or -1. */
    int all() {
        return infos.indexOf(all);
    }
}
