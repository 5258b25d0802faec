package io.socketbox.testing;

import io.socketbox.handoff.Handoff;
import io.socketbox.handoff.Target;
import java.util.ArrayList;
import java.util.List;

/** An owner of targets that only remembers what it was told. One thread. */
public final class TargetOwner implements Handoff.Owner {
    private final List<String> watched = new ArrayList<>();
    private final List<Target> left = new ArrayList<>();

    @Override
    public void watch(Target target) {
        watched.add(target.address());
    }

    @Override
    public void unwatch(Target target) {
        watched.remove(target.address());
    }

    @Override
    public void left(Target target) {
        left.add(target);
    }

    /** The addresses that are watched now. */
    public List<String> watched() {
        return watched;
    }

    /** The targets that have been closed since they were retired. */
    public List<Target> left() {
        return left;
    }
}
