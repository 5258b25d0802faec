package io.socketbox.relay;

import io.socketbox.program.OptionText;
import java.util.List;

/** What {@code --help} shows. */
final class RelayHelp {
    private RelayHelp() {}

    static String text() {
        return """
                Usage:
                  socketbox-relay [OPTION]...
                  socketbox-relay -f FILE
                Relays each connection that socketbox hands over, or that a listening socket accepts, to a target.

                """ + OptionText.table(List.of(RelayOption.values())) + """

                A line of FILE is a service: its options, with -s; # begins a comment.

                SIGNALS: SIGTERM or SIGINT takes no more, waits for connections (--grace) and exits; a second one exits
                at once. SIGHUP reads FILE anew.

                EXIT STATUS: 0 ended as asked, or nobody can send any more; 1 bad usage, a failed start, or an error of
                its own; 128+N ended at once by a second signal, number N.
                """;
    }
}
