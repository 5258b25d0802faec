package io.socketbox.program;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Options as picocli knows them, for help texts and shell completion; a start that needs neither does not load it. */
public final class Completion {
    /** Values that are names of files. */
    private static final Set<String> FILES = Set.of("FILE", "PATH", "DIR", "PROGRAM");

    private Completion() {}

    /**
     * A completion script for bash (and zsh by way of its bashcompinit).
     *
     * @param program its name.
     * @param options all that it has.
     * @param operands whether arguments that are no options follow, which are names of files.
     */
    public static String bash(String program, List<? extends CommandOption> options, boolean operands) {
        CommandSpec spec = CommandSpec.create().name(program);
        options.forEach(option -> spec.addOption(optionSpec(option)));
        if (operands) {
            spec.addPositional(PositionalParamSpec.builder()
                    .paramLabel("PROGRAM")
                    .arity("0..*")
                    .type(List.class)
                    .auxiliaryTypes(Path.class)
                    .build());
        }
        return AutoComplete.bash(program, new CommandLine(spec));
    }

    /** One option. */
    public static OptionSpec optionSpec(CommandOption option) {
        String longName = "--" + option.longName();
        OptionSpec.Builder builder = option.letter() == '\0'
                ? OptionSpec.builder(longName)
                : OptionSpec.builder("-" + option.letter(), longName);
        builder.description(option.description());
        return option.takesValue()
                ? builder.arity("1")
                        .paramLabel(option.valueName())
                        .type(FILES.contains(option.valueName()) ? Path.class : String.class)
                        .build()
                : builder.arity("0").type(boolean.class).build();
    }
}
