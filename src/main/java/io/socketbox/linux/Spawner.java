package io.socketbox.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.socketbox.bindings.x86_64.__sigset_t;
import io.socketbox.bindings.x86_64.linux_h;
import io.socketbox.bindings.x86_64.posix_spawn_file_actions_t;
import io.socketbox.bindings.x86_64.posix_spawnattr_t;
import java.lang.foreign.MemorySegment;
import java.util.TreeSet;

/** One posix_spawn(3): attributes and file actions in native memory, and the call. */
final class Spawner implements AutoCloseable {
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

    private final Frame frame = new Frame();
    private final SpawnRequest request;
    private final MemorySegment actions =
            frame.allocate(posix_spawn_file_actions_t.layout().byteSize());
    private final MemorySegment attributes =
            frame.allocate(posix_spawnattr_t.layout().byteSize());

    Spawner(SpawnRequest request) {
        this.request = request;
        must(frame.call(ACTIONS_INIT, actions.address()));
        must(frame.call(ATTR_INIT, attributes.address()));
    }

    int spawn() {
        placeDescriptors();
        if (request.directory() != null) {
            must(frame.call(
                    ADD_CHDIR,
                    actions.address(),
                    frame.string(request.directory()).address()));
        }
        setAttributes();
        MemorySegment pid = frame.allocate(Integer.BYTES);
        long environment = request.environment() == null
                ? Environment.pointer()
                : frame.strings(request.environment()).address();
        must(frame.call(
                SPAWN,
                pid.address(),
                frame.string(request.path()).address(),
                actions.address(),
                attributes.address(),
                frame.strings(request.arguments()).address(),
                environment));
        return pid.get(JAVA_INT, 0);
    }

    private void placeDescriptors() {
        place(request.standardIn(), 0);
        place(request.standardOut(), 1);
        place(request.standardError(), 2);
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

    private void place(int fd, int target) {
        if (fd != target) {
            must(frame.call(ADD_DUP2, actions.address(), fd, target));
        }
    }

    private void setAttributes() {
        MemorySegment signals = frame.allocate(__sigset_t.layout().byteSize());
        must(frame.call(SET_MASK, attributes.address(), signals.address()));
        // sigfillset(3) would leave out the two signals that the C library keeps for itself, and those would stay
        // ignored.
        signals.fill((byte) 0xff);
        must(frame.call(SET_DEFAULT, attributes.address(), signals.address()));
        int flags = linux_h.POSIX_SPAWN_SETSIGMASK() | linux_h.POSIX_SPAWN_SETSIGDEF();
        must(frame.call(
                SET_FLAGS,
                attributes.address(),
                request.isNewSession() ? flags | linux_h.POSIX_SPAWN_SETSID() : flags));
    }

    /** These functions return the error number. */
    private void must(int error) {
        if (error != 0) {
            throw new LinuxException("start " + ByteStrings.display(request.path()), error);
        }
    }

    @Override
    public void close() {
        frame.call(ACTIONS_DESTROY, actions.address());
        frame.call(ATTR_DESTROY, attributes.address());
        frame.close();
    }
}
