package io.socketbox.server;

import java.util.Objects;

/** The version of the program, from the manifest of its jar. */
final class Version {
    private Version() {}

    static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "(not packaged)");
    }
}
