package io.socketbox.program;

/** One option of a program. Each program has an enum of them, the one place that knows letters, names and meanings. */
public interface CommandOption {
    /** The letter after a single dash, or NUL when there is only a long name. */
    char letter();

    /** The name after two dashes. */
    String longName();

    /** What the value is called in help texts; null for a flag. */
    String valueName();

    /** One or two sentences, with {@code %%} for a percent sign as picocli wants it. */
    String description();

    /** Whether the option takes a value. */
    default boolean takesValue() {
        return valueName() != null;
    }

    /** How messages name the option: {@code -p}, or {@code --queue} when it has no letter. */
    default String shown() {
        return letter() == '\0' ? "--" + longName() : "-" + letter();
    }
}
