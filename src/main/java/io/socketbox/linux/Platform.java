package io.socketbox.linux;

/** What socketbox needs from the machine: Linux 5.11 or newer on x86-64 or aarch64. */
public final class Platform {
    private static final int OLDEST_MAJOR = 5;
    private static final int OLDEST_MINOR = 11;

    private Platform() {}

    /**
     * Call this first: every other class here assumes that it returned.
     *
     * @throws UnsupportedPlatformException saying what was found and what is needed
     */
    public static void require() {
        require(System.getProperty("os.name"), System.getProperty("os.arch"), System.getProperty("os.version"));
    }

    static void require(String system, String architecture, String release) {
        if (!system.equals("Linux")) {
            throw new UnsupportedPlatformException("this is " + system + "; socketbox runs on Linux only");
        }
        if (!architecture.equals("amd64") && !architecture.equals("aarch64")) {
            throw new UnsupportedPlatformException("this Java runs on " + architecture
                    + "; socketbox knows the system calls of x86-64 and aarch64 only");
        }
        int dot = release.indexOf('.');
        int major = number(release, 0);
        int minor = dot < 0 ? 0 : number(release, dot + 1);
        if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
            throw new UnsupportedPlatformException("this kernel is Linux " + release + "; socketbox needs "
                    + OLDEST_MAJOR + "." + OLDEST_MINOR + " or newer (close_range(2) with CLOSE_RANGE_CLOEXEC)");
        }
    }

    private static int number(String text, int from) {
        int value = 0;
        for (int i = from; i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9'; i++) {
            value = value * 10 + (text.charAt(i) - '0');
        }
        return value;
    }
}
