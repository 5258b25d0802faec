package io.socketbox.limit;

import io.socketbox.route.RateLimit;
import io.socketbox.route.Routes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The limiters of one configuration, as its rules number them. Immutable; the limiters in it are shared. */
public final class Limiters {
    /** No limits. */
    public static final Limiters NONE = new Limiters(new RateLimiter[0], -1);

    /** One for all: a connection takes the tokens of two limiters or of none, and configurations share limiters. */
    private static final Object LOCK = new Object();

    private final RateLimiter[] byIndex;
    private final RateLimiter all;

    private Limiters(RateLimiter[] byIndex, int all) {
        this.byIndex = byIndex;
        this.all = all < 0 ? null : byIndex[all];
    }

    /**
     * The limiters for a configuration.
     *
     * @param previous those of the configuration before; where a limit is the same, so is its limiter.
     * @param nowNs of {@link System#nanoTime}.
     */
    public static Limiters of(Routes routes, Limiters previous, long nowNs) {
        Map<RateLimit, RateLimiter> kept =
                Arrays.stream(previous.byIndex).collect(Collectors.toMap(RateLimiter::limit, Function.identity()));
        RateLimiter[] limiters = routes.limits().stream()
                .map(limit -> kept.containsKey(limit) ? kept.get(limit) : new RateLimiter(limit, nowNs))
                .toArray(RateLimiter[]::new);
        return limiters.length == 0 ? NONE : new Limiters(limiters, routes.limitOfAll());
    }

    /** What is held while a limiter is asked. */
    public Object lock() {
        return LOCK;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return byIndex.length == 0;
    }

    /** The limiter with that index; null for -1. */
    public RateLimiter get(int index) {
        return index < 0 ? null : byIndex[index];
    }

    /** All of them. */
    public List<RateLimiter> list() {
        return List.of(byIndex);
    }

    /** The one that holds for every connection, or null. */
    public RateLimiter all() {
        return all;
    }
}
