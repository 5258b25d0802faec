package io.socketbox.server.takeover;

import io.socketbox.linux.Descriptors;
import io.socketbox.linux.Errno;
import io.socketbox.linux.LinuxException;
import io.socketbox.linux.Processes;
import io.socketbox.linux.Sockets;
import io.socketbox.observe.EventLog;
import io.socketbox.observe.Severity;
import io.socketbox.program.ServiceManager;
import io.socketbox.program.SetupException;
import io.socketbox.server.control.ControlRequest;
import io.socketbox.server.control.ControlVerb;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The old server's side of a takeover: gives copies of all that it has to the process that asks, and lets go of its own
 * when that one says that it is ready. One process at a time.
 */
public final class TakeoverVerb implements ControlVerb {
    private static final int NOBODY = 0;

    private final List<Transferable> parts;
    private final Registrations registrations;
    private final ServiceManager manager;
    private final EventLog log;
    /** The process that is taking over. */
    private final AtomicInteger successor = new AtomicInteger(NOBODY);

    /**
     * @param parts what there is to give; they are left in this order.
     * @param registrations of these; told of receivers that register with the successor.
     * @param manager told who the service is afterwards.
     * @param log for how it goes.
     */
    public TakeoverVerb(List<Transferable> parts, Registrations registrations, ServiceManager manager, EventLog log) {
        this.parts = List.copyOf(parts);
        this.registrations = registrations;
        this.manager = manager;
        this.log = log;
    }

    @Override
    public String answer(ControlRequest request) throws SetupException {
        int pid = request.peer().pid();
        if (!successor.compareAndSet(NOBODY, pid)) {
            throw new SetupException("process " + successor.get() + " is taking over already");
        }
        boolean left = false;
        try {
            left = transfer(request, pid);
        } finally {
            if (!left) {
                successor.set(NOBODY);
            }
        }
        return null;
    }

    /** One part's items, and where they stand among all. */
    private record Share(Transferable part, List<Inheritance.Item> items, int first) {}

    /** @return whether it has happened; then this server is about to end. */
    private boolean transfer(ControlRequest request, int pid) throws SetupException {
        List<Share> shares = copyAll();
        boolean left = false;
        try (Conversation conversation = converse(request, shares)) {
            String kept = handOver(conversation, shares, pid);
            left = true;
            leave(shares, kept);
            hearOfReceivers(conversation);
        } catch (LinuxException gone) {
            if (!left) {
                manager.mainPid(Processes.pid());
                log.write(
                        Severity.WARNING,
                        "process " + pid + " ended before it was ready to take over; going on as before");
            }
        } finally {
            if (!left) {
                shares.forEach(share -> share.part().resume());
            }
        }
        return left;
    }

    /**
     * Everything up to the moment from which on it is the successor that serves.
     *
     * @return the places of what it keeps.
     * @throws LinuxException when it is gone before.
     */
    private String handOver(Conversation conversation, List<Share> shares, int pid) {
        log.write("process " + pid + " begins to take over");
        send(conversation, shares);
        Conversation.Message message = conversation.listen();
        if (!message.is(Conversation.READY)) {
            throw new LinuxException("takeover by process " + pid, Errno.EPIPE);
        }
        manager.mainPid(pid);
        conversation.say(Conversation.YOURS, "");
        log.write("process " + pid + " has taken over; handing over what is waiting");
        return message.rest();
    }

    /** Connections may wait here for a group that receivers can only join there; returns when the successor has ended. */
    private void hearOfReceivers(Conversation conversation) {
        Conversation.Message message = conversation.listen();
        for (; message.is(Inheritance.REGISTERED) && message.fd() >= 0; message = conversation.listen()) {
            registrations.joined(message.rest(), message.fd());
        }
    }

    private List<Share> copyAll() throws SetupException {
        List<Share> shares = new ArrayList<>();
        int count = 0;
        for (Transferable part : parts) {
            List<Inheritance.Item> items = copies(part);
            if (items == null) {
                shares.forEach(TakeoverVerb::close);
                shares.forEach(share -> share.part().resume());
                throw new SetupException("this server is ending, or has no descriptors to spare");
            }
            shares.add(new Share(part, items, count));
            count += items.size();
        }
        return shares;
    }

    private static List<Inheritance.Item> copies(Transferable part) {
        try {
            return part.copies();
        } catch (LinuxException noneFree) {
            return null;
        }
    }

    private static Conversation converse(ControlRequest request, List<Share> shares) {
        try {
            return converse(request);
        } catch (LinuxException e) {
            shares.forEach(TakeoverVerb::close);
            throw e;
        }
    }

    private static Conversation converse(ControlRequest request) {
        int[] pair = Sockets.socketPair(Sockets.AF_UNIX, Sockets.SEQPACKET);
        try {
            request.answerWith(pair[1]);
            return new Conversation(pair[0]);
        } catch (LinuxException e) {
            Descriptors.close(pair[0]);
            throw e;
        } finally {
            Descriptors.close(pair[1]);
        }
    }

    private static void send(Conversation conversation, List<Share> shares) {
        try {
            int count = 0;
            for (Share share : shares) {
                for (Inheritance.Item item : share.items()) {
                    conversation.say(item.tag(), item.note(), item.fd());
                    count++;
                }
            }
            conversation.say(Conversation.END, Integer.toString(count));
        } finally {
            shares.forEach(TakeoverVerb::close);
        }
    }

    private static void close(Share share) {
        share.items().forEach(item -> Descriptors.close(item.fd()));
    }

    private static void leave(List<Share> shares, String keptPlaces) {
        List<String> kept = List.of(keptPlaces.split(" "));
        for (Share share : shares) {
            List<Inheritance.Item> own = new ArrayList<>();
            for (int i = 0; i < share.items().size(); i++) {
                if (kept.contains(Integer.toString(share.first() + i))) {
                    own.add(share.items().get(i));
                }
            }
            share.part().leave(own);
        }
    }
}
