package io.socketbox.inetd;

import io.socketbox.program.OptionText;
import java.util.List;

/** What {@code --help} shows. */
final class InetdHelp {
    private InetdHelp() {}

    static String of(InetdProgram program) {
        StringBuilder text =
                new StringBuilder("Usage:\n  ").append(program.synopsis()).append('\n');
        if (!program.registers()) {
            text.append("  socketbox-inetd [OPTION]... -f FILE\n");
        }
        text.append(program.registers() ? """
                        Registers with the socketbox whose register socket is SOCK as the receiver of GROUP, and starts
                        PROGRAM for each connection that it hands over, with the connection as standard input and output.
                        """ : """
                        Starts PROGRAM for each connection that socketbox hands over at the datagram socket SOCK, with the
                        connection as standard input and output.
                        """);
        text.append('\n').append(OptionText.table(program.options())).append('\n');
        if (!program.registers()) {
            text.append("A line of FILE is a service: tokens, then run PROGRAM [ARGUMENT]...\n");
            text.append(OptionText.tokens(List.of(ServiceToken.values()))).append('\n');
        }
        text.append("""
                Children have PROTO, TCPLOCALIP, TCPLOCALPORT, TCPREMOTEIP, TCPREMOTEPORT, TCPCONNNUM and REMOTE_HOST in
                their environment.

                SIGNALS: SIGTERM or SIGINT takes no more, waits for children (--grace) and exits; a second one exits at
                once. SIGHUP reads FILE anew.

                EXIT STATUS: 0 ended as asked, or the server that it registered with went away; 1 bad usage, a failed
                start, or an error of its own; 128+N ended at once by a second signal, number N.
                """);
        return text.toString();
    }
}
