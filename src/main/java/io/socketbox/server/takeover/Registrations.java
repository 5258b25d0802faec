package io.socketbox.server.takeover;

import io.socketbox.dispatch.Registration;
import io.socketbox.dispatch.Registry;
import java.util.ArrayList;
import java.util.List;

/** The register sockets and the connections of those that have registered there, or are about to. */
public final class Registrations implements Transferable {
    private final Registry registry;

    /** @param registry of the engine that has them. */
    public Registrations(Registry registry) {
        this.registry = registry;
    }

    /** What a predecessor had, taken out of an inheritance; the descriptors are the caller's. */
    public static List<Registration> take(Inheritance inheritance) {
        List<Registration> all = new ArrayList<>();
        for (Inheritance.Item item : inheritance.find(Inheritance.REGISTER)) {
            all.add(Registration.ofSocket(item.note(), inheritance.take(item)));
        }
        for (Inheritance.Item item : inheritance.find(Inheritance.APPLICANT)) {
            all.add(Registration.ofApplicant(item.note(), inheritance.take(item)));
        }
        for (Inheritance.Item item : inheritance.find(Inheritance.REGISTERED)) {
            all.add(receiver(item.note(), inheritance.take(item)));
        }
        return all;
    }

    private static Registration receiver(String note, int fd) {
        String[] words = note.split(" ", 4);
        return Registration.ofReceiver(
                words[3],
                Integer.parseUnsignedInt(words[0]),
                Integer.parseInt(words[1]),
                Integer.parseUnsignedInt(words[2]),
                fd);
    }

    /** Nobody can register until {@link #resume}, or with the successor. */
    @Override
    public List<Inheritance.Item> copies() {
        List<Registration> registrations = registry.suspend();
        return registrations == null
                ? null
                : registrations.stream().map(Registrations::item).toList();
    }

    static Inheritance.Item item(Registration each) {
        return switch (each.kind()) {
            case SOCKET -> new Inheritance.Item(Inheritance.REGISTER, each.path(), each.fd());
            case APPLICANT -> new Inheritance.Item(Inheritance.APPLICANT, each.path(), each.fd());
            case RECEIVER ->
                new Inheritance.Item(
                        Inheritance.REGISTERED,
                        Integer.toUnsignedString(each.group()) + " " + each.seat() + " "
                                + Integer.toUnsignedString(each.uid()) + " " + each.path(),
                        each.fd());
        };
    }

    @Override
    public void resume() {
        registry.resume();
    }

    /** A receiver has registered with the successor; takes over the descriptor. */
    void joined(String note, int fd) {
        registry.join(receiver(note, fd));
    }

    @Override
    public void leave(List<Inheritance.Item> kept) {
        registry.leave();
    }
}
