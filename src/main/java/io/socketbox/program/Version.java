package io.socketbox.program;

import java.util.Objects;

/** The version of the program, from the manifest of its jar. */
public final class Version {
    private Version() {}

    /** As released; another text when the classes are not in a jar. */
    public static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "(not packaged)");
    }
}
