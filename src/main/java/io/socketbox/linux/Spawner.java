package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.socketbox.bindings.x86_64.__sigset_t;
import io.socketbox.bindings.x86_64.linux_h;
import io.socketbox.bindings.x86_64.posix_spawn_file_actions_t;
import io.socketbox.bindings.x86_64.posix_spawnattr_t;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.TreeSet;

/**
 * A program that can be started any number of times with posix_spawn(3): what is the same each time is in native memory
 * until {@link #close}. For one thread.
 */
public final class Spawner implements AutoCloseable {
    private static final MemorySegment SPAWN = Native.symbol("posix_spawnp");
    private static final MemorySegment ACTIONS_INIT = Native.symbol("posix_spawn_file_actions_init");
    private static final MemorySegment ACTIONS_DESTROY = Native.symbol("posix_spawn_file_actions_destroy");
    private static final MemorySegment ADD_CHDIR = Native.symbol("posix_spawn_file_actions_addchdir_np");
    private static final MemorySegment ADD_CLOSE = Native.symbol("posix_spawn_file_actions_addclose");
    private static final MemorySegment ADD_CLOSE_FROM = Native.symbol("posix_spawn_file_actions_addclosefrom_np");
    private static final MemorySegment ADD_DUP2 = Native.symbol("posix_spawn_file_actions_adddup2");
    private static final MemorySegment ATTR_INIT = Native.symbol("posix_spawnattr_init");
    private static final MemorySegment ATTR_DESTROY = Native.symbol("posix_spawnattr_destroy");
    private static final MemorySegment SET_FLAGS = Native.symbol("posix_spawnattr_setflags");
    private static final MemorySegment SET_DEFAULT = Native.symbol("posix_spawnattr_setsigdefault");
    private static final MemorySegment SET_MASK = Native.symbol("posix_spawnattr_setsigmask");

    private static final int FIRST_CLOSED = 3;

    private final SpawnRequest request;
    private final Frame prepared = new Frame();
    private final long path;
    private final long arguments;
    private final long[] environment;
    private final MemorySegment attributes =
            prepared.allocate(posix_spawnattr_t.layout().byteSize());
    private final MemorySegment pid = prepared.allocate(Integer.BYTES);

    /** @param request not to be changed afterwards; its standard descriptors are not used here. */
    public Spawner(SpawnRequest request) {
        this.request = request;
        path = prepared.string(request.path()).address();
        arguments = prepared.strings(request.arguments()).address();
        environment = prepared.pointers(request.environment() == null ? Environment.entries() : request.environment());
        must(prepared.call(ATTR_INIT, attributes.address()));
        setAttributes();
    }

    private void setAttributes() {
        MemorySegment signals = prepared.allocate(__sigset_t.layout().byteSize());
        must(prepared.call(SET_MASK, attributes.address(), signals.address()));
        // sigfillset(3) would leave out the two signals that the C library keeps for itself, and those would stay
        // ignored.
        signals.fill((byte) 0xff);
        must(prepared.call(SET_DEFAULT, attributes.address(), signals.address()));
        int flags = linux_h.POSIX_SPAWN_SETSIGMASK() | linux_h.POSIX_SPAWN_SETSIGDEF();
        must(prepared.call(
                SET_FLAGS,
                attributes.address(),
                request.isNewSession() ? flags | linux_h.POSIX_SPAWN_SETSID() : flags));
    }

    /**
     * Starts it, as {@link Processes#spawn} does.
     *
     * @param in what becomes descriptor 0, and so on, in this order; they stay the caller's.
     * @param added entries beside the request's environment.
     * @return the child's process id.
     * @throws LinuxException when it cannot be started.
     */
    public int spawn(int in, int out, int error, List<String> added) {
        try (Frame frame = new Frame()) {
            MemorySegment actions =
                    frame.allocate(posix_spawn_file_actions_t.layout().byteSize());
            must(frame.call(ACTIONS_INIT, actions.address()));
            try {
                place(frame, actions, in, 0);
                place(frame, actions, out, 1);
                place(frame, actions, error, 2);
                passOn(frame, actions);
                if (request.directory() != null) {
                    long directory = frame.string(request.directory()).address();
                    must(frame.call(ADD_CHDIR, actions.address(), directory));
                }
                long entries = frame.strings(added, environment).address();
                must(frame.call(
                        SPAWN, pid.address(), path, actions.address(), attributes.address(), arguments, entries));
                return pid.get(JAVA_INT, 0);
            } finally {
                frame.call(ACTIONS_DESTROY, actions.address());
            }
        }
    }

    private void place(Frame frame, MemorySegment actions, int fd, int target) {
        if (fd != target) {
            must(frame.call(ADD_DUP2, actions.address(), fd, target));
        }
    }

    /** Leaves open what is to be inherited, and closes all else. */
    private void passOn(Frame frame, MemorySegment actions) {
        int next = FIRST_CLOSED;
        for (int fd : new TreeSet<>(request.inherited())) {
            while (next < fd) {
                must(frame.call(ADD_CLOSE, actions.address(), next++));
            }
            // A dup2 of a descriptor to itself clears its close-on-exec flag here, unlike dup2(2).
            must(frame.call(ADD_DUP2, actions.address(), fd, fd));
            next = fd + 1;
        }
        must(frame.call(ADD_CLOSE_FROM, actions.address(), next));
    }

    /** These functions return the error number. */
    private void must(int error) {
        if (error != 0) {
            throw new LinuxException("start " + ByteStrings.display(request.path()), error);
        }
    }

    @Override
    public void close() {
        prepared.call(ATTR_DESTROY, attributes.address());
        prepared.close();
    }
}
