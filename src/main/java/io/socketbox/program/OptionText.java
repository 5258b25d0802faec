package io.socketbox.program;

import java.util.List;

/** Options as text for people. */
public final class OptionText {
    private static final int WIDTH = 100;
    private static final int COLUMN = 28;

    private OptionText() {}

    /** A table of options: {@code -p, --port=PORT} and the description beside it. */
    public static String table(List<? extends CommandOption> options) {
        StringBuilder text = new StringBuilder();
        for (CommandOption option : options) {
            String letter = option.letter() == '\0' ? "    " : "-" + option.letter() + ", ";
            String value = option.takesValue() ? "=" + option.valueName() : "";
            row(text, letter + "--" + option.longName() + value, option.description());
        }
        return text.toString();
    }

    /** A table of what is written {@code name:VALUE} in a file. */
    public static String tokens(List<? extends CommandOption> tokens) {
        StringBuilder text = new StringBuilder();
        for (CommandOption token : tokens) {
            row(
                    text,
                    token.takesValue() ? token.longName() + ":" + token.valueName() : token.longName(),
                    token.description());
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String name, String description) {
        int start = text.length();
        text.append("  ").append(name);
        if (text.length() - start >= COLUMN) {
            text.append('\n');
            start = text.length();
        }
        text.repeat(' ', COLUMN - (text.length() - start));
        int used = COLUMN;
        boolean first = true;
        for (String word : description.replace("%%", "%").split(" ", -1)) {
            if (used + 1 + word.length() > WIDTH) {
                text.append('\n').repeat(' ', COLUMN);
                used = COLUMN;
                first = true;
            }
            text.append(first ? "" : " ").append(word);
            used += word.length() + (first ? 0 : 1);
            first = false;
        }
        text.append('\n');
    }

    /** The options as mdoc(7) items of a tagged list, for a manual page. */
    public static String manual(List<? extends CommandOption> options) {
        StringBuilder page = new StringBuilder();
        for (CommandOption option : options) {
            String value = option.takesValue() ? " Ar " + option.valueName() : "";
            page.append(".It ");
            if (option.letter() != '\0') {
                page.append("Fl ").append(option.letter()).append(value).append(" , ");
            }
            page.append("Fl Fl ").append(option.longName()).append(value).append('\n');
            page.append(roff(option.description())).append('\n');
        }
        return page.toString();
    }

    /** The tokens of a file as mdoc(7) items. */
    public static String manualTokens(List<? extends CommandOption> tokens) {
        StringBuilder page = new StringBuilder();
        for (CommandOption token : tokens) {
            String value = token.takesValue() ? ":" + token.valueName() : "";
            page.append(".It Cm ").append(token.longName()).append(value).append('\n');
            page.append(roff(token.description())).append('\n');
        }
        return page.toString();
    }

    /** Escapes what roff(7) would take for its own. */
    private static String roff(String description) {
        return description.replace("%%", "%").replace("\\", "\\e").replace("-", "\\-");
    }
}
