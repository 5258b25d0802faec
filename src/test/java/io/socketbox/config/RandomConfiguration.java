package io.socketbox.config;

import io.socketbox.config.PlainModel.Action;
import io.socketbox.config.PlainModel.Address;
import io.socketbox.config.PlainModel.Comparisons;
import io.socketbox.config.PlainModel.Connection;
import io.socketbox.config.PlainModel.Kind;
import io.socketbox.config.PlainModel.Masked;
import io.socketbox.config.PlainModel.Ports;
import io.socketbox.config.PlainModel.Rule;
import io.socketbox.config.PlainModel.RuleSet;
import io.socketbox.config.PlainModel.SetId;
import io.socketbox.route.Addresses;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random sets of rules that lean on one another's edges, as text and as a {@link PlainModel}. */
final class RandomConfiguration {
    private static final int[] PORTS = {0, 1, 79, 80, 81, 443, 1023, 1024, 8000, 8099, 32767, 32768, 65534, 65535};

    private static final int POOLS = 3;
    private static final int GROUPS = 3;

    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private int line = 1;
    private final Map<SetId, RuleSet> sets = new HashMap<>();
    private final List<SetId> ids = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<BigInteger> pool = new ArrayList<>();
    /** How often a rule has each kind of condition, in percent. */
    private final int localShare;

    private final int portShare;
    private final int peerShare;
    private final int maskShare;
    private final int limits;

    /** @param random makes every choice. */
    RandomConfiguration(Random random) {
        this.random = random;
        localShare = random.nextInt(101);
        portShare = random.nextInt(80);
        peerShare = random.nextInt(80);
        maskShare = random.nextInt(4) == 0 ? 50 : 5;
        int roots = 1 + random.nextInt(4);
        for (int i = 0; i < roots; i++) {
            pool.add(random.nextInt(4) == 0 ? mapped() : new BigInteger(128, random));
        }
        ids.add(new SetId(Kind.RULES, "0"));
        int others = random.nextInt(6);
        for (int i = 1; i <= others; i++) {
            ids.add(new SetId(Kind.values()[random.nextInt(3)], random.nextBoolean() ? "" + i : "set-" + i));
        }
        limits = random.nextBoolean() ? 0 : 1 + random.nextInt(5);
        addLimits(false);
        boolean receiversFirst = random.nextBoolean();
        if (receiversFirst) {
            addReceivers();
        }
        for (SetId id : ids) {
            addSet(id);
        }
        if (!receiversFirst) {
            addReceivers();
        }
        addLimits(true);
    }

    /** Some of the limits that rules may name, or all that are left. */
    private void addLimits(boolean rest) {
        for (int i = 0; i < limits; i++) {
            if (!text.toString().contains("limit:" + i + " rate:") && (rest || random.nextBoolean())) {
                print("limit:" + i + " rate:" + (i + 1) + "/s");
                endLine();
            }
        }
    }

    private String limit() {
        if (limits == 0 || random.nextInt(3) > 0) {
            return null;
        }
        String name = "" + random.nextInt(limits);
        print(" use-limit:" + name);
        return name;
    }

    /** All groups and pools that actions may jump to. */
    private void addReceivers() {
        print("register:/run/register");
        endLine();
        for (int i = 0; i < GROUPS; i++) {
            print("group:" + i + " uid:" + random.nextInt(3) + (random.nextBoolean() ? " balance:source" : ""));
            endLine();
        }
        for (int i = 0; i < POOLS; i++) {
            print("pool:p" + i + (random.nextBoolean() ? " balance:least-pending" : ""));
            endLine();
            for (int member = random.nextInt(4); member >= 0; member--) {
                print("jump-unix:/run/" + i + "." + member + (random.nextBoolean() ? " weight:3" : ""));
                endLine();
            }
        }
    }

    String text() {
        return text.toString();
    }

    PlainModel model() {
        return new PlainModel(sets);
    }

    private BigInteger mapped() {
        return BigInteger.valueOf(0xffffL << 32 | random.nextInt() & 0xffff_ffffL);
    }

    private void addSet(SetId id) {
        print(
                switch (id.kind()) {
                    case RULES -> "rule-set:";
                    case MAP -> "map-set:";
                    case PREFIXES -> "prefix-set:";
                });
        print(id.name());
        if (random.nextBoolean()) {
            print(" size:1000");
        }
        endLine();
        Comparisons comparisons = null;
        if (id.kind() == Kind.MAP) {
            comparisons = comparisons();
        }
        int scale = random.nextInt(20);
        int count = scale == 0 ? 400 : scale < 4 ? 60 : 12;
        count = random.nextInt(count);
        List<Rule> own = new ArrayList<>();
        Action defaultAction = null;
        boolean defaultFirst = random.nextInt(4) == 0;
        boolean hasDefault = random.nextInt(3) > 0;
        if (hasDefault && defaultFirst) {
            defaultAction = addDefault();
        }
        for (int i = 0; i < count; i++) {
            own.add(addRule(id.kind(), comparisons, defaultFirst && i == 0));
        }
        if (hasDefault && !defaultFirst) {
            defaultAction = addDefault();
        }
        rules.addAll(own);
        sets.put(id, new RuleSet(comparisons, own, defaultAction));
    }

    private Comparisons comparisons() {
        Integer local = random.nextInt(3) > 0 ? length() : null;
        Integer peer = random.nextInt(3) == 0 ? length() : null;
        boolean port = random.nextInt(3) == 0;
        boolean peerPort = random.nextInt(4) == 0 || (local == null && peer == null && !port);
        print(local == null ? "" : " match-lip:" + local);
        print(peer == null ? "" : " match-rip:" + peer);
        print(port ? " match-lport" : "");
        print(peerPort ? " match-rport" : "");
        endLine();
        return new Comparisons(local, peer, port, peerPort);
    }

    private Action addDefault() {
        print("default ");
        Action action = action();
        endLine();
        return action;
    }

    private Rule addRule(Kind kind, Comparisons compare, boolean needsCondition) {
        boolean map = kind == Kind.MAP;
        boolean prefixes = kind == Kind.PREFIXES;
        Masked local = null;
        List<Ports> ports = null;
        Masked peer = null;
        List<Ports> peerPorts = null;
        if (prefixes || needsCondition || chance(map && compare.local() != null ? 95 : localShare)) {
            local = masked(kind, "ip:");
        }
        if (!prefixes && chance(map && compare.port() ? 95 : portShare)) {
            ports = ports(map, "port:");
        }
        if (!prefixes && chance(map && compare.peer() != null ? 95 : peerShare)) {
            peer = masked(kind, "rip:");
        }
        if (!prefixes && chance(map && compare.peerPort() ? 95 : peerShare / 2)) {
            peerPorts = ports(map, "rport:");
        }
        Action action = action();
        Rule rule = new Rule(line, local, ports, peer, peerPorts, action);
        endLine();
        return rule;
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private Masked masked(Kind kind, String token) {
        BigInteger value = near(pool.get(random.nextInt(pool.size())));
        if (pool.size() < 200) {
            pool.add(value);
        }
        if (kind == Kind.MAP) {
            print(token + address(value) + " ");
            return condition(value, PlainModel.ALL_ONES);
        }
        if (kind == Kind.RULES && chance(maskShare)) {
            BigInteger mask = holes();
            print(token + address(value) + "/" + hex(mask) + " ");
            return condition(value, mask);
        }
        boolean ipv4 = value.shiftRight(32).equals(BigInteger.valueOf(0xffff)) && random.nextBoolean();
        int length = ipv4 ? random.nextInt(33) : length();
        if (random.nextInt(5) == 0) {
            length = ipv4 ? 32 : 128;
        }
        BigInteger mask = PlainModel.prefixMask(ipv4 ? 96 + length : length);
        String written = ipv4 ? ipv4(value) : address(value);
        boolean omitted = mask.equals(PlainModel.ALL_ONES) && random.nextBoolean();
        boolean asAddress = !ipv4 && random.nextInt(8) == 0;
        print(token + written + (omitted ? "" : "/" + (asAddress ? hex(mask) : length)) + " ");
        return condition(value, mask);
    }

    /** An address that shares a random number of bits with another. */
    private BigInteger near(BigInteger address) {
        int keep = random.nextInt(140);
        if (keep >= 128) {
            return address;
        }
        BigInteger flipped = address.flipBit(127 - keep);
        if (random.nextBoolean()) {
            return flipped;
        }
        return flipped.xor(new BigInteger(127 - keep, random));
    }

    private int length() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(129);
            case 1 -> 128 - random.nextInt(5);
            case 2 -> 60 + random.nextInt(9);
            default -> random.nextInt(12);
        };
    }

    private BigInteger holes() {
        BigInteger mask = PlainModel.prefixMask(random.nextInt(100));
        int bits = random.nextInt(12);
        for (int i = 0; i < bits; i++) {
            mask = mask.flipBit(random.nextInt(128));
        }
        return mask;
    }

    private static Masked condition(BigInteger value, BigInteger mask) {
        return new Masked(Address.of(value), Address.of(mask));
    }

    private List<Ports> ports(boolean plain, String token) {
        List<Ports> ports = new ArrayList<>();
        int items = plain ? 1 : 1 + random.nextInt(3);
        print(token);
        for (int i = 0; i < items; i++) {
            int first = port();
            int last = plain || random.nextBoolean() ? first : first + random.nextInt(65536 - first);
            ports.add(new Ports(first, last));
            print((i > 0 ? "," : "") + first + (last > first ? "-" + last : ""));
        }
        print(" ");
        return ports;
    }

    private int port() {
        return random.nextInt(4) == 0 ? random.nextInt(65536) : PORTS[random.nextInt(PORTS.length)];
    }

    private Action action() {
        switch (random.nextInt(9)) {
            case 0 -> {
                print("fail");
                return new Action(null, null, null);
            }
            case 1, 2, 3 -> {
                SetId target = random.nextInt(10) == 0
                        ? new SetId(Kind.values()[random.nextInt(3)], "missing")
                        : ids.get(random.nextInt(ids.size()));
                print(
                        switch (target.kind()) {
                            case RULES -> "jump-rule:";
                            case MAP -> "jump-map:";
                            case PREFIXES -> "jump-prefix:";
                        });
                print(target.name());
                return new Action(null, target, null);
            }
            case 4 -> {
                int fd = 3 + random.nextInt(5);
                print("jump-fd:" + fd);
                return new Action("fd" + fd, null, limit());
            }
            case 5 -> {
                boolean pool = random.nextBoolean();
                String name = pool ? "p" + random.nextInt(POOLS) : "" + random.nextInt(GROUPS);
                print((pool ? "jump-pool:" : "jump-group:") + name);
                return new Action((pool ? "pool " : "group ") + name, null, limit());
            }
            default -> {
                String path = "/run/" + random.nextInt(30);
                print("jump-unix:" + path);
                return new Action(path, null, limit());
            }
        }
    }

    /** A connection that is on, or just beside, the conditions of one or two rules. */
    Connection connection() {
        Rule first = rules.isEmpty() ? null : rules.get(random.nextInt(rules.size()));
        Rule second = rules.isEmpty() || random.nextBoolean() ? first : rules.get(random.nextInt(rules.size()));
        BigInteger local = addressNear(first == null ? null : first.local());
        BigInteger peer = addressNear(second == null ? null : second.peer());
        return new Connection(
                Address.of(local),
                portNear(first == null ? null : first.ports()),
                Address.of(peer),
                portNear(second == null ? null : second.peerPorts()));
    }

    private BigInteger addressNear(Masked condition) {
        if (condition == null || random.nextInt(10) == 0) {
            return near(pool.get(random.nextInt(pool.size())));
        }
        BigInteger mask = number(condition.mask());
        BigInteger free = PlainModel.ALL_ONES.andNot(mask);
        BigInteger address = number(condition.value()).and(mask);
        address = switch (random.nextInt(3)) {
            case 0 -> address;
            case 1 -> address.or(free);
            default -> address.or(new BigInteger(128, random).and(free));
        };
        return random.nextInt(4) == 0 ? address.flipBit(random.nextInt(128)) : address;
    }

    private static BigInteger number(Address address) {
        return new BigInteger(Long.toUnsignedString(address.hi()))
                .shiftLeft(64)
                .or(new BigInteger(Long.toUnsignedString(address.lo())));
    }

    private int portNear(List<Ports> ports) {
        if (ports == null || random.nextInt(10) == 0) {
            return port();
        }
        Ports range = ports.get(random.nextInt(ports.size()));
        int port = random.nextBoolean() ? range.first() : range.last();
        return Math.clamp(port + random.nextInt(-1, 2), 0, 65535);
    }

    private String address(BigInteger value) {
        return random.nextBoolean()
                ? hex(value)
                : Addresses.toString(value.shiftRight(64).longValue(), value.longValue());
    }

    private static String hex(BigInteger value) {
        StringBuilder out = new StringBuilder();
        for (int shift = 112; shift >= 0; shift -= 16) {
            out.append(Integer.toHexString(value.shiftRight(shift).intValue() & 0xffff))
                    .append(shift > 0 ? ":" : "");
        }
        return out.toString();
    }

    private static String ipv4(BigInteger value) {
        int bits = value.intValue();
        return (bits >>> 24) + "." + (bits >> 16 & 255) + "." + (bits >> 8 & 255) + "." + (bits & 255);
    }

    private void print(String part) {
        text.append(part);
    }

    private void endLine() {
        text.append('\n');
        line++;
    }
}
