package io.socketbox.server;

import io.socketbox.dispatch.Engine;
import io.socketbox.linux.ByteStrings;
import io.socketbox.linux.LinuxException;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.ServerFacts;
import io.socketbox.observe.Severity;
import io.socketbox.program.ServiceManager;
import io.socketbox.program.SetupException;
import io.socketbox.route.Routes;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has the engine follow the configuration as it is now, without a pause: {@code SIGHUP} and {@code --reload}. Whatever is
 * wrong with it, the engine goes on with the one of before. Any thread; one reload after the other.
 */
final class Reload {
    private static final long NS_PER_MS = 1_000_000;

    private final ConfigurationFile file;
    private final Routes fixed;
    private final ConfigurationReader reader;
    private final String name;
    private final ServiceManager manager;
    private final EventLog log;
    private final AtomicBoolean hangUpWaits = new AtomicBoolean();
    private final AtomicLong reloads = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile long loadedMs = System.currentTimeMillis();
    private volatile long loadedNs = System.nanoTime();
    private Engine engine;
    private String sources;
    private String rules;

    /**
     * Nothing to reload for yet.
     *
     * @param file where the rules are from; null with {@code -S} and {@code -i}, that have none.
     * @param fixed what is followed without a file.
     * @param manager told of each reload.
     */
    Reload(ConfigurationFile file, Routes fixed, ServerOptions options, ServiceManager manager, EventLog log) {
        this.file = file;
        this.fixed = fixed;
        this.reader = new ConfigurationReader(options, log);
        this.name = options.skipsRules() ? "command line" : ByteStrings.display(options.configPath());
        this.manager = manager;
        this.log = log;
    }

    /**
     * What is followed at first: the configuration, read for the first time.
     *
     * @return for the engine, which closes the table.
     * @throws SetupException when it is not accepted.
     */
    synchronized Routes first() throws SetupException {
        Routes routes = fixed;
        if (file != null) {
            routes = reader.read(file);
            checkAgain();
        }
        rules = routes.summary();
        return routes;
    }

    private void checkAgain() {
        try {
            file.reopen();
        } catch (SetupException e) {
            log.write(Severity.WARNING, "SIGHUP and --reload will fail: " + e.getMessage());
        } finally {
            file.release();
        }
    }

    /**
     * Names who follows the routes.
     *
     * @param from where connections come from, for people.
     */
    synchronized void direct(Engine follower, String from) {
        engine = follower;
        sources = from;
    }

    /** What the server does, for people. */
    synchronized String state() {
        return sources + "; " + rules;
    }

    /** What SIGHUP does. Several during one reload lead to one more. */
    void hangUp() {
        if (hangUpWaits.compareAndSet(false, true)) {
            try {
                now();
            } catch (SetupException logged) {
                // The log is all that a signal is answered by.
                return;
            }
        }
    }

    /**
     * Reloads.
     *
     * @return what changed, a line for people.
     * @throws SetupException when everything stays as it was; logged by then.
     */
    synchronized String now() throws SetupException {
        hangUpWaits.set(false);
        manager.reloading();
        try {
            long startNs = System.nanoTime();
            Engine.Applied applied = apply(read());
            loadedMs = System.currentTimeMillis();
            loadedNs = System.nanoTime();
            reloads.incrementAndGet();
            String text = "reloaded: " + rules + " (" + applied.opened() + " new, " + applied.kept() + " kept, "
                    + applied.gone() + " gone) in " + (loadedNs - startNs) / NS_PER_MS + " ms";
            log.write(Severity.NOTICE, text);
            return text + "\n";
        } catch (SetupException e) {
            failures.incrementAndGet();
            log.write(Severity.ERROR, "not reloaded, going on with the rules of before: " + e.getMessage());
            throw e;
        } finally {
            manager.say(ServiceManager.READY + "\nSTATUS=" + state());
        }
    }

    private Routes read() throws SetupException {
        if (file == null) {
            throw new SetupException("-S and -i skip the rules: there is nothing to read anew");
        }
        file.reopen();
        return reader.read(file);
    }

    private Engine.Applied apply(Routes routes) throws SetupException {
        try {
            Engine.Applied applied = engine.apply(routes);
            if (applied == null) {
                throw new SetupException("this server is ending");
            }
            rules = routes.summary();
            return applied;
        } catch (LinuxException e) {
            throw Server.notOpened(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a reload", e);
        }
    }

    /** Where the rules are from, for people. */
    String name() {
        return name;
    }

    /** What there is to say of the rules that are followed. */
    ServerFacts.Configuration facts() {
        return new ServerFacts.Configuration(
                name, loadedMs, (System.nanoTime() - loadedNs) / NS_PER_MS, reloads.get(), failures.get());
    }
}
