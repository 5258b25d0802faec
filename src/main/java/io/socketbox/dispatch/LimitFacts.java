package io.socketbox.dispatch;

import io.socketbox.limit.Limiters;
import io.socketbox.limit.RateLimiter;
import io.socketbox.observe.ServerFacts;
import io.socketbox.route.RateLimit;
import java.util.List;

/** Limits as people and monitoring see them. */
final class LimitFacts {
    private static final double NS_PER_SECOND = 1e9;

    private LimitFacts() {}

    /** What there is to know of each limiter, as of now; any thread. */
    static List<ServerFacts.Limit> of(Limiters limiters) {
        return limiters.list().stream()
                .map(each -> of(each, each == limiters.all()))
                .toList();
    }

    private static ServerFacts.Limit of(RateLimiter limiter, boolean isForAll) {
        RateLimit limit = limiter.limit();
        RateLimit.Clients clients = limit.clients();
        return new ServerFacts.Limit(
                limit.name(),
                isForAll,
                limit.total() == null ? null : rate(limit.total(), limit.totalWaits()),
                clients == null
                        ? null
                        : new ServerFacts.Clients(
                                rate(clients.rate(), clients.waits()),
                                clients.prefix6(),
                                clients.prefix4(),
                                clients.tracked()),
                limiter.waiting().get(),
                limiter.delayed().get(),
                limiter.pastRate().get(),
                limiter.pastClientRate().get());
    }

    private static ServerFacts.Rate rate(RateLimit.Rate rate, boolean waits) {
        return new ServerFacts.Rate(NS_PER_SECOND / rate.intervalNs(), rate.burst(), waits);
    }
}
