package io.socketbox.receive;

import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.SetupException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What SIGHUP does: the services that run become those that the file describes now. One whose place is still there
 * keeps its socket; new ones are opened; what is gone takes no more. A file with errors changes nothing.
 *
 * @param <S> what a service is to be.
 */
public final class Renewal<S> {
    /** Reads the services anew. */
    @FunctionalInterface
    public interface Source<S> {
        /** All services that there shall be. */
        List<S> read() throws SetupException;
    }

    /** Opens a service that is new, and has it run. */
    @FunctionalInterface
    public interface Opening<S> {
        void open(S wanted) throws SetupException;
    }

    /** A service that runs. */
    public interface Running<S> {
        /** Whether it is at the place of {@code wanted}, and takes connections there. */
        boolean isAt(S wanted);

        /** Goes on as another service at the same place. */
        void become(S changed);

        /** Takes no more. */
        void stop();

        /** Whether it was stopped before. */
        boolean isStopping();
    }

    private final Source<S> source;
    private final EventLog log;

    /** @param source where services come from. */
    public Renewal(Source<S> source, EventLog log) {
        this.source = source;
        this.log = log;
    }

    /** Reads, and changes what runs; says what came of it. */
    public void apply(Collection<? extends Running<S>> running, Opening<S> opening) {
        try {
            List<S> wanted = source.read();
            List<Running<S>> gone = new ArrayList<>(running);
            gone.removeIf(Running::isStopping);
            int opened = 0;
            for (S spec : wanted) {
                Running<S> same = take(gone, spec);
                if (same != null) {
                    same.become(spec);
                } else if (open(spec, opening)) {
                    opened++;
                }
            }
            gone.forEach(Running::stop);
            log.offer(
                    Severity.NOTICE,
                    "services read anew: " + wanted.size() + " there, " + opened + " opened, " + gone.size()
                            + " stopped");
        } catch (SetupException e) {
            e.getMessage().lines().forEach(log::offer);
            log.offer("services not read anew; going on with those of before");
        }
    }

    private static <S> Running<S> take(List<Running<S>> from, S place) {
        for (Running<S> service : from) {
            if (service.isAt(place)) {
                from.remove(service);
                return service;
            }
        }
        return null;
    }

    private boolean open(S spec, Opening<S> opening) {
        try {
            opening.open(spec);
            return true;
        } catch (SetupException e) {
            log.offer(e.getMessage() + "; the other services go on");
            return false;
        }
    }
}
