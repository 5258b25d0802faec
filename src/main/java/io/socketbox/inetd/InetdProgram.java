package io.socketbox.inetd;

import java.util.Arrays;
import java.util.List;

/** The two programs, which differ in where their only service's connections come from. */
enum InetdProgram {
    /** {@code socketbox-inetd}, with a socket of its own. */
    SOCKET("socketbox-inetd", "SOCK PROGRAM [ARGUMENT]..."),
    /** {@code socketbox-inetd-p}, with a registration. */
    REGISTER("socketbox-inetd-p", "SOCK GROUP PROGRAM [ARGUMENT]...");

    private final String programName;
    private final String operands;

    InetdProgram(String programName, String operands) {
        this.programName = programName;
        this.operands = operands;
    }

    /** As it is called. */
    String programName() {
        return programName;
    }

    /** Whether it registers with a server. */
    boolean registers() {
        return this == REGISTER;
    }

    /** How it is called. */
    String synopsis() {
        return programName + " [OPTION]... " + operands;
    }

    /** The options that it has. */
    List<InetdOption> options() {
        return Arrays.stream(InetdOption.values()).filter(this::has).toList();
    }

    private boolean has(InetdOption option) {
        return switch (option) {
            case RECONNECT -> registers();
            case FILE, MODE, OWNER -> !registers();
            default -> true;
        };
    }
}
