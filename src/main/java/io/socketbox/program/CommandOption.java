package io.socketbox.program;

/** One option of a program. Each program has an enum of them, the one place that knows letters, names and meanings. */
public interface CommandOption {
    /**
     * What there is to say about an option.
     *
     * @param letter the letter after a single dash, or NUL when there is only a long name.
     * @param longName the name after two dashes.
     * @param valueName what the value is called in help texts; null for a flag.
     * @param description one or two sentences, with {@code %%} for a percent sign as picocli wants it.
     */
    record Text(char letter, String longName, String valueName, String description) {}

    /** Letter, names and meaning. */
    Text text();

    /** The letter after a single dash, or NUL. */
    default char letter() {
        return text().letter();
    }

    /** The name after two dashes. */
    default String longName() {
        return text().longName();
    }

    /** What the value is called; null for a flag. */
    default String valueName() {
        return text().valueName();
    }

    /** One or two sentences. */
    default String description() {
        return text().description();
    }

    /** Whether the option takes a value. */
    default boolean takesValue() {
        return valueName() != null;
    }

    /** How messages name the option: {@code -p}, or {@code --queue} when it has no letter. */
    default String shown() {
        return letter() == '\0' ? "--" + longName() : "-" + letter();
    }
}
