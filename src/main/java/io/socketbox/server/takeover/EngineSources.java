package io.socketbox.server.takeover;

import io.socketbox.dispatch.Engine;
import io.socketbox.dispatch.Sources;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What an engine takes connections from: its listening sockets and its connection to another socketbox. */
public final class EngineSources implements Transferable {
    private final Engine engine;
    private final List<String> names;

    /** @param names of the listening sockets at the service manager, by their numbers. */
    public EngineSources(Engine engine, List<String> names) {
        this.engine = engine;
        this.names = List.copyOf(names);
    }

    @Override
    public List<Inheritance.Item> copies() {
        Sources sources = engine.copySources();
        if (sources == null) {
            return null;
        }
        List<Inheritance.Item> items = new ArrayList<>();
        for (int i = 0; i < sources.listeners().length; i++) {
            items.add(new Inheritance.Item(Inheritance.LISTENER, i + " " + names.get(i), sources.listeners()[i]));
        }
        if (sources.receiver() >= 0) {
            items.add(new Inheritance.Item(Inheritance.RECEIVER, "", sources.receiver()));
        }
        return items;
    }

    /** Ends the engine, too: it is the last part to be left. */
    @Override
    public void leave(List<Inheritance.Item> kept) {
        BitSet listeners = new BitSet();
        boolean receiver = false;
        for (Inheritance.Item item : kept) {
            if (item.tag().equals(Inheritance.RECEIVER)) {
                receiver = true;
            } else {
                listeners.set(
                        Integer.parseInt(item.note().substring(0, item.note().indexOf(' '))));
            }
        }
        engine.leave(new Sources.Kept(listeners, receiver));
    }
}
