package io.socketbox.config;

import io.socketbox.config.Diagnostic.Severity;
import io.socketbox.route.Destination.PathTemplate;
import io.socketbox.route.RouteModel;
import io.socketbox.route.RouteModel.SetKind;
import io.socketbox.route.RouteTable;
import java.nio.charset.StandardCharsets;

/**
 * Reads lines of tokens into the columns of a {@link RouteModel}. Goes on after a mistake, so that all are told at once;
 * a line with a mistake adds no rule.
 */
final class ConfigurationParser {
    private static final int MAX_PATH_BYTES = 107;
    private static final int NO_SET = -1;

    /** The line that is being read: offsets are in here. */
    private final byte[] text;

    private final boolean pathSubstitution;
    private final SourceText source;
    private final Diagnostics diagnostics;
    private final RouteModel model;
    private final SetNames sets;
    private final DestinationPool destinations;
    private final ValueReader values;
    private final EntryLine entry;
    private final ReceiverSections receivers;
    private final LimitReader limits;

    private int set = NO_SET;
    /** The last thing said about the open set was its {@code default}. */
    private boolean afterDefault;

    private int line;
    private boolean lineIsBad;
    /** A token without its value was told; the next one may be the value, which needs no word of its own. */
    private boolean valueMayFollow;
    /** The last set could not be opened, so that what follows has no set, which needs no word of its own either. */
    private boolean setIsBad;

    ConfigurationParser(
            SourceText source,
            Diagnostics diagnostics,
            RouteModel model,
            SetNames sets,
            DestinationPool destinations,
            AccountNames accounts,
            boolean pathSubstitution) {
        this.source = source;
        this.text = new byte[source.longestLine()];
        this.diagnostics = diagnostics;
        this.model = model;
        this.sets = sets;
        this.destinations = destinations;
        this.pathSubstitution = pathSubstitution;
        this.values = new ValueReader(text, model.portSets());
        this.entry = new EntryLine(model);
        this.limits = new LimitReader(this, values, entry, model, diagnostics, text);
        this.receivers = new ReceiverSections(this, diagnostics, values, accounts, text);
    }

    /** Register sockets, groups and pools, once {@link #parse} is through. */
    ReceiverSections receivers() {
        return receivers;
    }

    /** The line that is being read, from 1. */
    int line() {
        return line;
    }

    /** Whether an error in that line was told already. */
    boolean lineIsBad() {
        return lineIsBad;
    }

    void parse() {
        int start = 0;
        for (line = 1; line <= source.lines(); line++) {
            int next = source.nextLine(start);
            parseLine(source.copyLine(start, next, text));
            start = next;
        }
        receivers.finish();
        limits.finish();
    }

    /** The limits that were read. */
    LimitReader limits() {
        return limits;
    }

    private void parseLine(int end) {
        entry.clear();
        lineIsBad = false;
        valueMayFollow = false;
        for (int at = 0; at < end; ) {
            if (isBlank(text[at])) {
                at++;
                continue;
            }
            if (text[at] == '#') {
                break;
            }
            int tokenEnd = at;
            while (tokenEnd < end && !isBlank(text[tokenEnd])) {
                tokenEnd++;
            }
            parseToken(at, tokenEnd);
            at = tokenEnd;
        }
        endEntry();
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private void parseToken(int from, int to) {
        int colon = from;
        while (colon < to && text[colon] != ':') {
            colon++;
        }
        Keyword keyword = Keyword.find(text, from, colon);
        boolean mayBeValue = valueMayFollow;
        valueMayFollow = false;
        if (keyword == null) {
            if (!mayBeValue) {
                rejectUnknown(from, colon);
            }
            return;
        }
        if (!keyword.takesValue()) {
            if (colon < to) {
                warn(colon, to, keyword.word() + " takes no value", "remove '" + display(colon, to) + "'");
            }
        } else if (colon + 1 >= to) {
            error(from, to, keyword.word() + " needs a value", "write " + keyword.usage() + ", without a space");
            valueMayFollow = true;
            return;
        }
        if (limits.take(keyword, from, colon + 1, to)) {
            return;
        }
        switch (keyword) {
            case RULE_SET -> openSet(SetKind.RULES, from, colon + 1, to);
            case MAP_SET -> openSet(SetKind.MAP, from, colon + 1, to);
            case PREFIX_SET -> openSet(SetKind.PREFIXES, from, colon + 1, to);
            case REGISTER, POOL -> openSection(keyword, from, colon + 1, to);
            case MAX_RULES, MAX_MAPS -> check(values.readNumber(colon + 1, to, 1, Integer.MAX_VALUE, "number of sets"));
            default -> {
                if (receivers.isOpen()) {
                    receivers.token(keyword, from, colon + 1, to);
                } else if (requireSet(from, to, keyword)) {
                    parseInSet(keyword, from, colon + 1, to);
                }
            }
        }
    }

    private void parseInSet(Keyword keyword, int from, int value, int to) {
        switch (keyword) {
            case SIZE -> check(values.readNumber(value, to, 1, Integer.MAX_VALUE, "number of entries"));
            case DEFAULT -> startDefault(from, to);
            case IP, RIP, PORT, RPORT -> parseCondition(keyword, from, value, to);
            case USE_LIMIT -> limits.use(value, to);
            case MATCH_LIP, MATCH_RIP, MATCH_LPORT, MATCH_RPORT -> parseComparison(keyword, from, value, to);
            case MODE, OWNER, GROUP, UID, WEIGHT, BALANCE ->
                error(from, to, keyword.word() + " belongs " + homeOf(keyword), "this is " + sets.describe(set));
            default -> parseAction(keyword, value, to);
        }
    }

    private static String homeOf(Keyword keyword) {
        return switch (keyword) {
            case WEIGHT -> "to a member of a pool";
            case BALANCE -> "to a pool, or to a group of a register socket";
            default -> "to a register socket";
        };
    }

    /** Ends what was open; false when it cannot be ended here. */
    private boolean endSection(int from, int to) {
        if (entry.hasConditions() || (entry.hasAction() && !entry.isDefault())) {
            error(from, to, "a set cannot begin after an entry on the same line", "begin a new line here");
            return false;
        }
        endEntry();
        receivers.close();
        set = NO_SET;
        return true;
    }

    private void openSection(Keyword keyword, int from, int value, int to) {
        if (endSection(from, to)) {
            if (keyword == Keyword.REGISTER) {
                receivers.openRegister(from, value, to);
            } else {
                receivers.openPool(from, value, to);
            }
            setIsBad = !receivers.isOpen();
            afterDefault = false;
        }
    }

    private void openSet(SetKind kind, int from, int nameFrom, int to) {
        if (!endSection(from, to)) {
            return;
        }
        String name = readName(nameFrom, to, "set");
        setIsBad = name == null;
        if (name != null) {
            set = sets.find(kind, name);
            model.define(set);
            SetInfo info = sets.info(set);
            info.line = info.line == 0 ? line : info.line;
        }
        afterDefault = false;
    }

    /** The name of a set, pool or limit: a number without its leading zeros, or a word; null after an error. */
    String readName(int from, int to, String noun) {
        if (text[from] >= '0' && text[from] <= '9') {
            boolean good = values.readNumber(from, to, 0, Integer.MAX_VALUE, noun + " number");
            check(good);
            return good ? Integer.toString(values.number()) : null;
        }
        for (int i = from; i < to; i++) {
            if (text[i] < 0 || (!Character.isLetterOrDigit(text[i]) && "_-.".indexOf(text[i]) < 0)) {
                error(
                        i,
                        i + 1,
                        "unexpected " + Quoting.character(text[i]) + " in the name of a " + noun,
                        "a " + noun + " is a number, or a name of letters, digits, '-', '_' and '.'");
                return null;
            }
        }
        return values.byteString(from, to);
    }

    private boolean requireSet(int from, int to, Keyword keyword) {
        if (set == NO_SET && !setIsBad && !lineIsBad) {
            boolean ofReceivers = switch (keyword) {
                case MODE, OWNER, GROUP, UID, WEIGHT, BALANCE -> true;
                default -> false;
            };
            error(
                    from,
                    to,
                    keyword.word() + " stands outside of any " + (ofReceivers ? "section" : "set"),
                    ofReceivers
                            ? "it belongs " + homeOf(keyword) + ": begin with register:PATH or pool:NAME"
                            : "begin a set before it: rule-set:0 is where matching starts");
        }
        lineIsBad |= set == NO_SET;
        return set != NO_SET;
    }

    private void startDefault(int from, int to) {
        if (entry.hasConditions() || entry.hasAction()) {
            error(from, to, "default stands after the beginning of an entry", "write 'default ACTION' on its own line");
            return;
        }
        entry.startDefault();
        afterDefault = true;
    }

    private void parseCondition(Keyword keyword, int from, int value, int to) {
        SetKind kind = model.kindOf(set);
        if (entry.isDefault()) {
            error(from, to, "default takes an action only", "write '" + display(from, to) + "' on a line of its own");
            return;
        }
        if (kind == SetKind.PREFIXES && keyword != Keyword.IP) {
            error(
                    from,
                    to,
                    "an entry of a prefix-set has ip and an action only",
                    "jump to a rule-set that looks at " + keyword.word());
            return;
        }
        boolean isAddress = keyword == Keyword.IP || keyword == Keyword.RIP;
        boolean good;
        if (isAddress) {
            ValueReader.Pattern pattern = switch (kind) {
                case RULES -> ValueReader.Pattern.MASKED;
                case MAP -> ValueReader.Pattern.PLAIN;
                case PREFIXES -> ValueReader.Pattern.PREFIX;
            };
            good = values.readPattern(value, to, pattern);
        } else {
            good = kind == SetKind.MAP ? values.readPlainPort(value, to) : values.readPorts(value, to);
        }
        entry.noteCondition();
        check(good);
        if (good) {
            entry.setCondition(keyword, values);
            if (isAddress && values.isMappedWithShortLength()) {
                int length = values.writtenLength();
                warn(
                        value,
                        to,
                        "this length counts from the first bit of the IPv6 address, so that it covers more than IPv4",
                        length <= 32
                                ? "write a.b.c.d/" + length + " for IPv4, or a length of " + (96 + length)
                                : "write a length of 96 or more");
            }
        }
    }

    private void parseComparison(Keyword keyword, int from, int value, int to) {
        if (model.kindOf(set) != SetKind.MAP) {
            error(from, to, keyword.word() + " belongs to a map-set", "this is " + sets.describe(set));
            return;
        }
        SetInfo info = sets.info(set);
        switch (keyword) {
            case MATCH_LPORT -> info.matchLocalPort = true;
            case MATCH_RPORT -> info.matchPeerPort = true;
            default -> {
                boolean good = values.readNumber(value, to, 0, 128, "prefix length");
                check(good);
                if (good && keyword == Keyword.MATCH_LIP) {
                    info.matchLocal = values.number();
                } else if (good) {
                    info.matchPeer = values.number();
                }
            }
        }
    }

    private void parseAction(Keyword keyword, int value, int to) {
        switch (keyword) {
            case FAIL -> entry.setAction(RouteTable.FAIL);
            case JUMP_UNIX -> {
                setDestination(
                        isTemplate(value, to) ? DestinationPool.Kind.TEMPLATE : DestinationPool.Kind.UNIX, value, to);
            }
            case JUMP_ABSTRACT -> setDestination(DestinationPool.Kind.ABSTRACT, value, to);
            case JUMP_FD -> {
                boolean good = values.readNumber(value, to, 0, Integer.MAX_VALUE, "descriptor");
                check(good);
                if (good) {
                    entry.setAction(
                            destinations.intern(DestinationPool.Kind.DESCRIPTOR, text, withoutZeros(value, to), to));
                }
            }
            case JUMP_GROUP -> setGroup(value, to);
            case JUMP_POOL -> setPool(value, to);
            case JUMP_RULE -> setJump(SetKind.RULES, value, to);
            case JUMP_MAP -> setJump(SetKind.MAP, value, to);
            default -> setJump(SetKind.PREFIXES, value, to);
        }
        entry.noteAction();
    }

    /** Where a number's first digit is that counts. */
    private int withoutZeros(int from, int to) {
        int at = from;
        while (at < to - 1 && text[at] == '0') {
            at++;
        }
        return at;
    }

    private void setGroup(int from, int to) {
        if (check(values.readUnsigned(from, to, "group"))) {
            receivers.noteGroupJump(values.number(), from, to);
            entry.setAction(destinations.intern(DestinationPool.Kind.GROUP, text, withoutZeros(from, to), to));
        }
    }

    private void setPool(int from, int to) {
        String name = readName(from, to, "pool");
        if (name != null) {
            receivers.notePoolJump(name, from, to);
            byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
            entry.setAction(destinations.intern(DestinationPool.Kind.POOL, bytes, 0, bytes.length));
        }
    }

    private void setDestination(DestinationPool.Kind kind, int from, int to) {
        if (checkPath(kind != DestinationPool.Kind.ABSTRACT, from, to)) {
            entry.setAction(destinations.intern(kind, text, from, to));
        }
    }

    /** Whether {@code -U} has something to substitute in a path. */
    boolean isTemplate(int from, int to) {
        return pathSubstitution && PathTemplate.isTemplate(values.byteString(from, to));
    }

    /** Whether this can be the path (or abstract name) of a UNIX socket; tells if not. */
    boolean checkPath(boolean isPath, int from, int to) {
        int length = to - from;
        if (length > MAX_PATH_BYTES) {
            error(
                    from,
                    to,
                    "this " + (isPath ? "path" : "name") + " has " + length + " bytes, a UNIX socket's has "
                            + MAX_PATH_BYTES + " at most",
                    isPath
                            ? "use a shorter path: a relative one, or a symbolic link to the directory"
                            : "use a shorter name");
            return false;
        }
        for (int i = from; i < to; i++) {
            if (text[i] == 0) {
                error(i, i + 1, "unexpected " + Quoting.character(text[i]) + " in a path", "remove it");
                return false;
            }
        }
        return true;
    }

    private void setJump(SetKind kind, int from, int to) {
        String name = readName(from, to, "set");
        if (name == null) {
            return;
        }
        int target = sets.find(kind, name);
        SetInfo info = sets.info(target);
        if (info.jumps++ == 0) {
            info.jumpLine = line;
            info.jumpFrom = from;
            info.jumpTo = to;
        }
        entry.setAction(RouteModel.jumpTo(target));
    }

    /** What the tokens of a line, up to here, add to the open set. */
    private void endEntry() {
        receivers.endLine(lineIsBad);
        limits.endLine(lineIsBad);
        boolean repeatsDefault = afterDefault && !entry.hasConditions() && entry.hasAction() && !entry.isDefault();
        if (lineIsBad || set == NO_SET) {
            entry.clear();
            return;
        }
        if (entry.isDefault() || repeatsDefault) {
            endDefault(repeatsDefault);
        } else if (entry.hasConditions() || entry.hasAction()) {
            endRule();
        }
        entry.clear();
    }

    private void endDefault(boolean repeated) {
        SetInfo info = sets.info(set);
        if (entry.hasAction()) {
            if (info.defaultLine > 0) {
                diagnostics.addLine(
                        Severity.WARNING,
                        line,
                        "this replaces the default of line " + info.defaultLine,
                        repeated
                                ? "after 'default', a line with an action only sets the default again;"
                                        + " an entry for everything else is not needed"
                                : "a set has one default; remove one of them");
            }
            info.defaultLine = line;
            limits.endRule(model.setDefault(set, line, entry.action()));
        }
    }

    private void endRule() {
        SetKind kind = model.kindOf(set);
        if (kind == SetKind.PREFIXES && !entry.hasConditions()) {
            diagnostics.addLine(
                    Severity.ERROR,
                    line,
                    "an entry of a prefix-set needs ip:ADDR/LEN",
                    "write 'default' before the action for everything else");
            return;
        }
        if (!entry.hasAction()) {
            diagnostics.addLine(
                    Severity.WARNING,
                    line,
                    "this entry has no action: what it matches is closed",
                    "add jump-unix:PATH or another action; 'fail' says the same without a warning");
        }
        SetInfo info = sets.info(set);
        if (info.entries++ == 0) {
            info.firstEntryLine = line;
        }
        limits.endRule(entry.addTo(set, line));
        afterDefault = false;
    }

    private void rejectUnknown(int from, int colon) {
        String word = display(from, colon);
        int equals = word.indexOf('=');
        Keyword nearest = Keyword.nearest(equals > 0 ? word.substring(0, equals) : word);
        String hint =
                nearest != null ? "did you mean '" + nearest.usage() + "'?" : "see socketbox.conf(5) for all tokens";
        error(from, colon, "unknown token '" + word + "'", hint);
    }

    private String display(int from, int to) {
        return Quoting.display(text, from, to);
    }

    /** Tells what the reader of values had to say, if it was not good; returns whether it was. */
    boolean check(boolean good) {
        if (!good) {
            error(values.errorFrom(), values.errorTo(), values.error(), values.hint());
        }
        return good;
    }

    void error(int from, int to, String message, String hint) {
        lineIsBad = true;
        diagnostics.add(Severity.ERROR, line, from, to, message, hint);
    }

    /** An error of the whole line. */
    void errorLine(String message, String hint) {
        lineIsBad = true;
        diagnostics.addLine(Severity.ERROR, line, message, hint);
    }

    private void warn(int from, int to, String message, String hint) {
        diagnostics.add(Severity.WARNING, line, from, to, message, hint);
    }
}
