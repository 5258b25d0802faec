package io.socketbox.relay;

import io.socketbox.program.SetupException;
import io.socketbox.program.UsageException;
import io.socketbox.receive.ServiceLines;
import io.socketbox.receive.ServiceLines.Mistake;
import io.socketbox.receive.Word;
import java.util.List;

/** The file of {@code -f}: a service on each line, as options of the command line. */
final class RelayFile {
    private static final ServiceLines.Grammar<RelaySpec> GRAMMAR = new ServiceLines.Grammar<>() {
        @Override
        public RelaySpec read(String line) throws Mistake {
            List<Word> words = Word.split(line);
            return words.isEmpty() ? null : service(words);
        }

        @Override
        public String place(RelaySpec service) {
            return service.intake().display();
        }

        @Override
        public String example() {
            return "-s /run/skbox/web.sock -c ::1 -p 8080";
        }
    };

    private RelayFile() {}

    private static RelaySpec service(List<Word> words) throws Mistake {
        try {
            return RelayOptions.readService(words.stream().map(Word::text).toList());
        } catch (UsageException | SetupException e) {
            throw new Mistake(words.getFirst().from(), words.getLast().to(), e.getMessage(), "");
        }
    }

    /**
     * Reads all services.
     *
     * @param path of the file, a byte string.
     * @throws SetupException when it cannot be read, or has errors; the message has several lines then.
     */
    static List<RelaySpec> read(String path) throws SetupException {
        return ServiceLines.read(path, GRAMMAR);
    }

    /** The same of a text that was read already; {@code name} is for messages. */
    static List<RelaySpec> parse(String name, String text) throws SetupException {
        return ServiceLines.parse(name, text, GRAMMAR);
    }
}
