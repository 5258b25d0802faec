package io.socketbox.receive;

import io.socketbox.receive.ServiceLines.Mistake;
import java.util.ArrayList;
import java.util.List;

/**
 * A word of a line of a services file. Words are separated by blanks and tabs; a part in double quotes is taken as it is,
 * and in it a backslash before a quote or a backslash stands for that. A {@code #} at the start of a word begins a comment.
 *
 * @param text without its quotes, a byte string.
 * @param from where it begins in the line.
 * @param to where it ends.
 */
public record Word(String text, int from, int to) {
    /**
     * The words of a line without its end.
     *
     * @throws Mistake when a quote is not closed, or there is a NUL byte.
     */
    public static List<Word> split(String line) throws Mistake {
        List<Word> words = new ArrayList<>();
        int at = skipBlanks(line, 0);
        while (at < line.length() && line.charAt(at) != '#') {
            Word word = take(line, at);
            words.add(word);
            at = skipBlanks(line, word.to);
        }
        return words;
    }

    private static int skipBlanks(String line, int from) {
        int at = from;
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static Word take(String line, int from) throws Mistake {
        StringBuilder text = new StringBuilder();
        int openQuote = -1;
        int at = from;
        for (; at < line.length() && (openQuote >= 0 || !isBlank(line.charAt(at))); at++) {
            char c = line.charAt(at);
            if (c == '"') {
                openQuote = openQuote >= 0 ? -1 : at;
            } else if (openQuote >= 0 && isEscape(line, at)) {
                text.append(line.charAt(++at));
            } else if (c == '\0') {
                throw new Mistake(at, at + 1, "a NUL byte", "");
            } else {
                text.append(c);
            }
        }
        if (openQuote >= 0) {
            throw new Mistake(openQuote, line.length(), "a quote that is not closed", "close it, or write \\\" for it");
        }
        return new Word(text.toString(), from, at);
    }

    private static boolean isEscape(String line, int at) {
        return line.charAt(at) == '\\' && at + 1 < line.length() && "\"\\".indexOf(line.charAt(at + 1)) >= 0;
    }
}
