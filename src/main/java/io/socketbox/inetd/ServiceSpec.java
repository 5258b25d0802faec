package io.socketbox.inetd;

import io.socketbox.linux.ByteStrings;
import io.socketbox.program.Account;
import java.util.ArrayList;
import java.util.List;

/**
 * What a service is to be.
 *
 * @param place where connections come from.
 * @param limits how much of it at once.
 * @param user whom children run as, both user and group, or null for the user that this process runs as.
 * @param standardError whether children get the connection on descriptor 2 too.
 * @param program its name, looked for in PATH, and its arguments; byte strings.
 */
record ServiceSpec(Place place, Limits limits, Account user, boolean standardError, List<String> program) {
    /** What to execute: the program, by way of setpriv(1) where it runs as another user. */
    List<String> command() {
        if (user == null) {
            return program;
        }
        List<String> command = new ArrayList<>(List.of("setpriv"));
        command.add("--reuid=" + Integer.toUnsignedString(user.uid()));
        command.add("--regid=" + Integer.toUnsignedString(user.gid()));
        command.add(user.name() != null ? "--init-groups" : "--clear-groups");
        command.add("--");
        command.addAll(program);
        return command;
    }

    /** In messages: {@code sshd at /run/skbox/ssh.sock}. */
    String describe() {
        return ByteStrings.display(program.getFirst()) + " at " + place.display();
    }
}
