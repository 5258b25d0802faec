package io.socketbox.inetd;

import io.socketbox.program.CommandOption;

/** Every token of a line of the services file but {@code run}, which the program follows. */
enum ServiceToken implements CommandOption {
    SOCKET("socket", "PATH", "Make a datagram socket at PATH and take what arrives there."),
    REGISTER(
            "register",
            "PATH",
            "Register with the socketbox whose register socket is PATH, again and again if it goes away; with group."),
    GROUP("group", "N", "Register as receiver of group N."),
    USER(
            "user",
            "USER[:GROUP]",
            "Run the program as this user, by way of setpriv(1); a name brings its groups along, a number needs GROUP."
                    + " Takes root. Otherwise it runs as socketbox-inetd does."),
    MODE("mode", "MODE", "Permissions of the socket, octal; 0660 otherwise."),
    OWNER("owner", "USER:GROUP", "Owner of the socket; either may be left out."),
    CHILDREN("children", "N", "As -c, for this service."),
    PER_CLIENT("per-client", "N", "As -C, for this service."),
    QUEUE("queue", "N", "As --queue, for this service."),
    STDERR("stderr", null, "Give children the connection as standard error too.");

    @SuppressWarnings("ImmutableEnumChecker") // It is a record of strings.
    private final Text text;

    ServiceToken(String word, String valueName, String description) {
        text = new Text('\0', word, valueName, description);
    }

    @Override
    public Text text() {
        return text;
    }

    /** As it stands in the file: {@code socket:}. */
    @Override
    public String shown() {
        return takesValue() ? longName() + ":" : longName();
    }
}
