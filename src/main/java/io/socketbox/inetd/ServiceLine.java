package io.socketbox.inetd;

import io.socketbox.linux.ByteStrings;
import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.receive.ServiceLines.Mistake;
import io.socketbox.receive.Word;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** One line of the services file: tokens of the form {@code name:value}, then {@code run} and the program. */
final class ServiceLine {
    private static final String RUN = "run";

    private final List<Word> words;
    private final Set<ServiceToken> given = EnumSet.noneOf(ServiceToken.class);
    private final ServiceDraft draft = new ServiceDraft();

    private ServiceLine(List<Word> words) {
        this.words = words;
    }

    /**
     * The service that a line describes.
     *
     * @param line without its end, a byte string.
     * @return null when there is nothing but blanks and a comment.
     * @throws Mistake for the first thing that is wrong.
     */
    static ServiceSpec read(String line) throws Mistake {
        List<Word> words = Word.split(line);
        return words.isEmpty() ? null : new ServiceLine(words).service();
    }

    private ServiceSpec service() throws Mistake {
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
