package io.socketbox.config;

import io.socketbox.config.Diagnostic.Severity;
import io.socketbox.route.Destination;
import io.socketbox.route.Destination.Balance;
import io.socketbox.route.RegisterSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the lines after {@code register:PATH} and {@code pool:NAME} say, and which of the groups and pools actions jump
 * to. The parser gives it the tokens and tells it where lines end.
 */
final class ReceiverSections {
    private static final int DEFAULT_MODE = 0660;
    private static final int HEAVIEST = 256;
    private static final Balance DEFAULT_BALANCE = Balance.ROUND_ROBIN;

    /** Where something stands: a line, and bytes of it. */
    private record Place(int line, int from, int to) {}

    private static final class Register {
        private final String path;
        private final Place place;
        private int mode = DEFAULT_MODE;
        private int uid = RegisterSocket.SAME;
        private int gid = RegisterSocket.SAME;
        private final Map<Integer, RegisterSocket.Group> groups = new LinkedHashMap<>();

        private Register(String path, Place place) {
            this.path = path;
            this.place = place;
        }
    }

    private static final class Pool {
        private final String name;
        private final Place place;
        private Balance balance = DEFAULT_BALANCE;
        private final Map<Destination, Integer> weights = new LinkedHashMap<>();
        private final Map<Destination, Integer> lines = new HashMap<>();

        private Pool(String name, Place place) {
            this.name = name;
            this.place = place;
        }
    }

    private final ConfigurationParser parser;
    private final Diagnostics diagnostics;
    private final ValueReader values;
    private final AccountReader accounts;
    private final Map<String, Register> registers = new LinkedHashMap<>();
    private final Map<String, Pool> pools = new LinkedHashMap<>();
    private final Map<Integer, Balance> balances = new HashMap<>();
    private final Map<Integer, Place> groupPlaces = new LinkedHashMap<>();
    private final Map<Integer, Place> groupJumps = new LinkedHashMap<>();
    private final Map<String, Place> poolJumps = new LinkedHashMap<>();

    private Register register;
    private Pool pool;

    /** What the tokens of the line said: the group or member, its users, weight and balance. */
    private Integer group;

    private Place groupPlace;
    private List<Integer> uids;
    private Destination member;
    private Place memberPlace;
    private Integer weight;
    private Balance balance;
    /** The first token of the line that says more of a group or member. */
    private Place detail;

    private Keyword detailWord;

    ReceiverSections(
            ConfigurationParser parser, Diagnostics diagnostics, ValueReader values, AccountNames names, byte[] text) {
        this.parser = parser;
        this.diagnostics = diagnostics;
        this.values = values;
        this.accounts = new AccountReader(parser, names, text);
    }

    /** Whether tokens belong to one of these sections. */
    boolean isOpen() {
        return register != null || pool != null;
    }

    /** A set begins. */
    void close() {
        register = null;
        pool = null;
    }

    void openRegister(int from, int value, int to) {
        close();
        if (parser.checkPath(true, value, to)) {
            String path = values.byteString(value, to);
            register = registers.computeIfAbsent(path, p -> new Register(p, new Place(parser.line(), from, to)));
        }
    }

    void openPool(int from, int value, int to) {
        close();
        String name = parser.readName(value, to, "pool");
        if (name != null) {
            pool = pools.computeIfAbsent(name, n -> new Pool(n, new Place(parser.line(), from, to)));
        }
    }

    void token(Keyword keyword, int from, int value, int to) {
        boolean isRegister = register != null;
        switch (keyword) {
            case BALANCE -> readBalance(from, value, to);
            case MODE, OWNER, GROUP, UID -> {
                if (isRegister) {
                    registerToken(keyword, from, value, to);
                } else {
                    reject(keyword, from, to, "belongs to a register socket");
                }
            }
            case JUMP_UNIX, JUMP_ABSTRACT, WEIGHT -> {
                if (isRegister) {
                    reject(keyword, from, to, "has no meaning here");
                } else {
                    poolToken(keyword, from, value, to);
                }
            }
            default -> reject(keyword, from, to, "has no meaning here");
        }
    }

    private void reject(Keyword keyword, int from, int to, String why) {
        parser.error(
                from,
                to,
                keyword.word() + " " + why,
                register != null
                        ? "this is register:" + Quoting.display(register.path)
                                + ", whose lines are group:N uid:USER,... balance:POLICY"
                        : "this is pool:" + pool.name + ", whose lines are jump-unix:PATH or jump-abstract:NAME, and"
                                + " weight:N");
    }

    private void registerToken(Keyword keyword, int from, int value, int to) {
        switch (keyword) {
            case MODE -> {
                if (parser.check(values.readMode(value, to))) {
                    register.mode = values.number();
                }
            }
            case OWNER -> {
                if (accounts.readOwner(value, to)) {
                    register.uid = accounts.uid();
                    register.gid = accounts.gid();
                }
            }
            case GROUP -> {
                if (parser.check(values.readUnsigned(value, to, "group"))) {
                    group = values.number();
                    groupPlace = new Place(parser.line(), from, to);
                }
            }
            default -> {
                uids = accounts.readUsers(value, to);
                note(keyword, from, to);
            }
        }
    }

    private void poolToken(Keyword keyword, int from, int value, int to) {
        if (keyword == Keyword.WEIGHT) {
            note(keyword, from, to);
            if (parser.check(values.readNumber(value, to, 1, HEAVIEST, "weight"))) {
                weight = values.number();
            }
            return;
        }
        boolean isPath = keyword == Keyword.JUMP_UNIX;
        if (!parser.checkPath(isPath, value, to)) {
            return;
        }
        String text = values.byteString(value, to);
        if (isPath && parser.isTemplate(value, to)) {
            parser.error(value, to, "a member of a pool has one path", "jump to paths made by -U from a rule");
            return;
        }
        member = isPath ? new Destination.UnixSocket(text) : new Destination.AbstractSocket(text);
        memberPlace = new Place(parser.line(), from, to);
    }

    private void readBalance(int from, int value, int to) {
        String word = values.byteString(value, to);
        for (Balance each : Balance.values()) {
            if (each.word().equals(word)) {
                if (pool != null) {
                    pool.balance = each;
                } else {
                    balance = each;
                    note(Keyword.BALANCE, from, to);
                }
                return;
            }
        }
        parser.error(
                value,
                to,
                "unknown balance '" + Quoting.display(word) + "'",
                "write round-robin, least-pending or source");
    }

    private void note(Keyword keyword, int from, int to) {
        if (detail == null) {
            detail = new Place(parser.line(), from, to);
            detailWord = keyword;
        }
    }

    /** The line ends here, or a section on the same line. */
    void endLine(boolean lineIsBad) {
        if (isOpen() && !lineIsBad) {
            if (group != null) {
                endGroup();
            } else if (member != null) {
                endMember();
            } else if (detail != null) {
                parser.error(
                        detail.from(),
                        detail.to(),
                        detailWord.word() + " needs " + (pool == null ? "group:N" : "a member") + " on the same line",
                        pool == null
                                ? "write group:N before it"
                                : "write jump-unix:PATH or jump-abstract:NAME before it");
            }
        }
        group = null;
        uids = null;
        member = null;
        weight = null;
        balance = null;
        detail = null;
    }

    private void endGroup() {
        Place first = groupPlaces.putIfAbsent(group, groupPlace);
        Balance before = balances.putIfAbsent(group, balance == null ? DEFAULT_BALANCE : balance);
        if (register.groups.containsKey(group)) {
            parser.error(
                    groupPlace.from(),
                    groupPlace.to(),
                    "this register socket has the group already",
                    "name all users on one line: uid:USER,USER");
            return;
        }
        if (before != null && balance != null && balance != before) {
            parser.error(
                    detail.from(),
                    detail.to(),
                    "the group is balanced by " + before.word() + " in line " + first.line(),
                    "a group has one balance, wherever it may be joined");
            return;
        }
        register.groups.put(group, new RegisterSocket.Group(group, uids == null ? List.of() : uids));
    }

    private void endMember() {
        Integer before = pool.lines.putIfAbsent(member, parser.line());
        if (before != null) {
            parser.error(
                    memberPlace.from(),
                    memberPlace.to(),
                    "the pool has this member already, in line " + before,
                    "give it a weight there to have it chosen more often");
            return;
        }
        pool.weights.put(member, weight == null ? 1 : weight);
    }

    /** An action jumps to a group. */
    void noteGroupJump(int number, int from, int to) {
        groupJumps.putIfAbsent(number, new Place(parser.line(), from, to));
    }

    /** An action jumps to a pool. */
    void notePoolJump(String name, int from, int to) {
        poolJumps.putIfAbsent(name, new Place(parser.line(), from, to));
    }

    /** Compares what there is with what is jumped to. */
    void finish() {
        groupJumps.forEach((number, place) -> {
            if (!groupPlaces.containsKey(number)) {
                String name = "group:" + Integer.toUnsignedString(number);
                String hint = "say who may join it: register:PATH, and below it " + name + " uid:USER";
                add(Severity.ERROR, place, "there is no " + name, hint);
            }
        });
        poolJumps.forEach((name, place) -> {
            if (!pools.containsKey(name)) {
                add(Severity.ERROR, place, "there is no pool:" + name, "add pool:" + name + " with its members");
            }
        });
        pools.forEach((name, each) -> {
            if (each.lines.isEmpty()) {
                String hint = "add lines with jump-unix:PATH below it";
                add(Severity.ERROR, each.place, "pool:" + name + " has no members", hint);
            }
        });
        if (diagnostics.errors() == 0) {
            warn();
        }
    }

    private void warn() {
        groupPlaces.forEach((number, place) -> {
            if (!groupJumps.containsKey(number)) {
                String name = Integer.toUnsignedString(number);
                String message = "nothing leads to group:" + name + ": its receivers get no connections";
                add(Severity.WARNING, place, message, "jump to it with jump-group:" + name + ", or remove it");
            }
        });
        pools.forEach((name, each) -> {
            if (!poolJumps.containsKey(name)) {
                String hint = "jump to it with jump-pool:" + name + ", or remove it";
                add(Severity.WARNING, each.place, "nothing leads to pool:" + name, hint);
            }
        });
        registers.values().stream().filter(each -> each.groups.isEmpty()).forEach(each -> {
            String hint = "add lines with group:N uid:USER below it";
            add(Severity.WARNING, each.place, "nobody may register here: there is no group", hint);
        });
    }

    private void add(Severity severity, Place place, String message, String hint) {
        diagnostics.add(severity, place.line(), place.from(), place.to(), message, hint);
    }

    List<RegisterSocket> registerSockets() {
        List<RegisterSocket> all = new ArrayList<>();
        for (Register each : registers.values()) {
            all.add(new RegisterSocket(each.path, each.mode, each.uid, each.gid, List.copyOf(each.groups.values())));
        }
        return all;
    }

    /** A pool by its name. */
    Destination.Pool pool(String name) {
        Pool found = pools.get(name);
        List<Destination.Member> members = new ArrayList<>();
        found.weights.forEach((socket, heavy) -> members.add(new Destination.Member(socket, heavy)));
        return new Destination.Pool(name, found.balance, members);
    }

    /** A group by its number. */
    Destination.Group group(int number) {
        return new Destination.Group(number, balances.get(number));
    }
}
