package io.socketbox.inetd;

import io.socketbox.linux.ByteStrings;
import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One line of the services file. Words are separated by blanks and tabs; a part in double quotes is taken as it is, and
 * in it a backslash before a quote or a backslash stands for that.
 */
final class ServiceLine {
    private static final String RUN = "run";

    /** Something is wrong with the bytes {@code from} to {@code to} of the line. */
    static final class Mistake extends Exception {
        private static final long serialVersionUID = 1L;

        private final int from;
        private final int to;
        private final String hint;

        Mistake(int from, int to, String message, String hint) {
            super(message);
            this.from = from;
            this.to = to;
            this.hint = hint;
        }

        int from() {
            return from;
        }

        int to() {
            return to;
        }

        /** How to mend it, or empty. */
        String hint() {
            return hint;
        }
    }

    /** A word without its quotes, and where it stands. */
    private record Word(String text, int from, int to) {}

    private final String line;
    private final List<Word> words = new ArrayList<>();
    private final Set<ServiceToken> given = EnumSet.noneOf(ServiceToken.class);
    private final ServiceDraft draft = new ServiceDraft();
    private int openQuote = -1;

    /** @param line without its end, a byte string. */
    ServiceLine(String line) {
        this.line = line;
        int at = skipBlanks(0);
        while (at < line.length() && line.charAt(at) != '#') {
            at = skipBlanks(takeWord(at));
        }
    }

    private int skipBlanks(int from) {
        int at = from;
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private int takeWord(int from) {
        StringBuilder text = new StringBuilder();
        boolean quoted = false;
        int at = from;
        for (; at < line.length() && (quoted || !isBlank(line.charAt(at))); at++) {
            char c = line.charAt(at);
            if (c == '"') {
                quoted = !quoted;
                openQuote = quoted ? at : -1;
            } else if (quoted && c == '\\' && at + 1 < line.length() && "\"\\".indexOf(line.charAt(at + 1)) >= 0) {
                text.append(line.charAt(++at));
            } else {
                text.append(c);
            }
        }
        words.add(new Word(text.toString(), from, at));
        return at;
    }

    /** Whether there is nothing but blanks and a comment. */
    boolean isEmpty() {
        return words.isEmpty();
    }

    /**
     * The service that it describes.
     *
     * @throws Mistake for the first thing that is wrong.
     */
    ServiceSpec service() throws Mistake {
        if (openQuote >= 0) {
            throw new Mistake(openQuote, line.length(), "a quote that is not closed", "close it, or write \\\" for it");
        }
        if (line.indexOf('\0') >= 0) {
            throw new Mistake(line.indexOf('\0'), line.indexOf('\0') + 1, "a NUL byte", "");
        }
        int i = 0;
        while (i < words.size() && !words.get(i).text().equals(RUN)) {
            take(words.get(i++));
        }
        if (i + 1 >= words.size()) {
            throw whole("no program", "write run and the program at the end of the line");
        }
        checkPlace();
        return draft.finish(
                words.subList(i + 1, words.size()).stream().map(Word::text).toList());
    }

    private void take(Word word) throws Mistake {
        int colon = word.text().indexOf(':');
        String name = colon < 0 ? word.text() : word.text().substring(0, colon);
        ServiceToken token = Arrays.stream(ServiceToken.values())
                .filter(one -> one.longName().equals(name))
                .findFirst()
                .orElseThrow(() -> mistake(word, "unknown token '" + ByteStrings.display(name) + "'", allTokens()));
        if (token.takesValue() != colon >= 0) {
            String form = token.takesValue() ? token.shown() + token.valueName() : token.longName();
            throw mistake(word, "'" + name + "' is written " + form, "");
        }
        if (!given.add(token)) {
            throw mistake(word, "'" + name + "' is there twice", "remove one of them");
        }
        try {
            apply(token, word.text().substring(colon + 1));
        } catch (UsageException | SetupException e) {
            throw mistake(word, e.getMessage(), "");
        }
    }

    private static String allTokens() {
        return Arrays.stream(ServiceToken.values()).map(ServiceToken::shown).collect(Collectors.joining(" "))
                + " are known, and run before the program";
    }

    private void apply(ServiceToken token, String value) throws UsageException, SetupException {
        switch (token) {
            case SOCKET -> draft.path(token, value);
            case REGISTER -> {
                draft.path(token, value);
                draft.reconnect();
            }
            case GROUP -> draft.group(token, value);
            case USER -> draft.user(token, value);
            case MODE -> draft.mode(token, value);
            case OWNER -> draft.owner(token, value);
            case CHILDREN -> draft.children(token, value);
            case PER_CLIENT -> draft.perClient(token, value);
            case QUEUE -> draft.queue(token, value);
            case STDERR -> draft.standardError();
        }
    }

    private void checkPlace() throws Mistake {
        boolean registers = given.contains(ServiceToken.REGISTER);
        if (registers == given.contains(ServiceToken.SOCKET)) {
            throw whole("a service has either socket:PATH or register:PATH", "");
        }
        if (registers != draft.hasGroup()) {
            throw whole("register:PATH and group:N belong together", "");
        }
        if (registers && (given.contains(ServiceToken.MODE) || given.contains(ServiceToken.OWNER))) {
            throw whole("mode: and owner: are for a socket of one's own", "remove them");
        }
    }

    private static Mistake mistake(Word word, String message, String hint) {
        return new Mistake(word.from(), word.to(), message, hint);
    }

    private Mistake whole(String message, String hint) {
        return new Mistake(words.getFirst().from(), words.getLast().to(), message, hint);
    }
}
