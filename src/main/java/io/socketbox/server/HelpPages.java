package io.socketbox.server;

import io.socketbox.program.Completion;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * What people read about the options, all of it derived from {@link ServerOption}: the text of {@code --help}, the shell
 * completion, and the option table of the manual page.
 *
 * <p>Only this class and {@link Completion} know picocli, so that a start which shows no help does not load it.
 */
final class HelpPages {
    private static final int WIDTH = 100;
    private static final int NAMES_COLUMN = 34;

    private static final List<String> EXIT_STATUS = List.of(
            "0 ended as asked, or the peer of -P went away",
            "1 bad usage, a failed start, or a configuration with errors",
            "10 accepting failed for good",
            "11 the peer of -i went away",
            "127 the program of -e could not be executed",
            "128+N ended at once by a second signal, number N");

    private HelpPages() {}

    /** The text of {@code --help}. */
    static String help() {
        CommandLine command = new CommandLine(spec());
        return command.getUsageMessage(CommandLine.Help.Ansi.OFF);
    }

    /** A completion script for bash (and zsh by way of its bashcompinit). */
    static String bashCompletion() {
        return Completion.bash("socketbox", List.of(ServerOption.values()), true);
    }

    /** The options as mdoc(7) items of a tagged list, for the manual page. */
    static String manualOptions() {
        StringBuilder page = new StringBuilder();
        for (ServerOption option : ServerOption.values()) {
            page.append(".It ");
            String value = option.takesValue() ? " Ar " + option.valueName() : "";
            if (option.letter() != '\0') {
                page.append("Fl ").append(option.letter()).append(value).append(" , ");
            }
            page.append("Fl Fl ").append(option.longName()).append(value).append('\n');
            page.append(roff(option.description())).append('\n');
        }
        return page.toString();
    }

    /** The exit codes as mdoc(7) items, for the manual page. */
    static String manualExitStatus() {
        StringBuilder page = new StringBuilder();
        for (String line : EXIT_STATUS) {
            int blank = line.indexOf(' ');
            page.append(".It ").append(line, 0, blank).append('\n');
            page.append(roff(line.substring(blank + 1))).append('\n');
        }
        return page.toString();
    }

    /** An option as a row of the table in the README (Markdown). */
    static String tableRow(ServerOption option) {
        String letter = option.letter() == '\0' ? "" : "`-" + option.letter() + "` ";
        String value = option.takesValue() ? " " + option.valueName() : "";
        return "| " + letter + "| `--" + option.longName() + value + "` | "
                + option.description().replace("%%", "%") + " |";
    }

    /** Escapes what roff(7) would take for its own. */
    private static String roff(String description) {
        String text = description.replace("%%", "%").replace("\\", "\\e").replace("-", "\\-");
        return text.startsWith(".") || text.startsWith("'") ? "\\&" + text : text;
    }

    /** The exit codes with what they mean, {@code CODE MEANING} each, ascending. */
    static List<String> exitStatus() {
        return EXIT_STATUS;
    }

    private static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("socketbox");
        for (ServerOption option : ServerOption.values()) {
            spec.addOption(Completion.optionSpec(option));
        }
        UsageMessageSpec usage = spec.usageMessage();
        usage.width(WIDTH).longOptionsMaxWidth(NAMES_COLUMN).sortOptions(false);
        usage.synopsisHeading("Usage:%n");
        usage.customSynopsis(
                "  socketbox [OPTION]...",
                "  socketbox -e [OPTION]... PROGRAM [ARGUMENT]...",
                "  socketbox --check [--strict] [-f FILE]",
                "  socketbox --explain LOCAL [-f FILE] [REMOTE]",
                "  socketbox --status [--watch] [--json] [--control PATH]",
                "  socketbox --ping [--control PATH]");
        usage.description(
                "Accepts TCP connections and hands each one over to the daemon that the rules name for its local address.",
                "");
        usage.footer(
                "",
                "LISTENERS: addresses (-l) and the ports (-p) that follow them belong together, each address with each"
                        + " port: -l A -l B -p 80 -p 443 are four listeners, -l A -p 80 -l B -p 443 are two. Ports before"
                        + " the first -l are for the addresses that no port follows.",
                "",
                "TAKEOVER: start the new server with the options of the old one and --takeover. It receives the old one's"
                        + " sockets over the control socket, and the old one ends once the new one accepts connections; if"
                        + " the new one fails, the old one goes on. SIGUSR2 has a server start its own successor.",
                "",
                "Numbers of -u, -g, -G and -P are C literals: 010 is 8, 0x10 is 16. Options end at the first argument"
                        + " that is none; letters may be clustered (-tFrp80).",
                "",
                "SIGNALS: SIGTERM or SIGINT stops accepting, hands over what is waiting and exits; a second one exits"
                        + " at once. SIGUSR2 starts a successor.",
                "",
                "EXIT STATUS: " + String.join("; ", EXIT_STATUS) + ".");
        return spec;
    }
}
