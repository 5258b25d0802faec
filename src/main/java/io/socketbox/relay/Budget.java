package io.socketbox.relay;

/**
 * How the descriptors of this process are divided. A descriptor that arrives when there is no room for it is lost, so
 * receiving ends before that.
 *
 * @param connections that may be relayed at once; each takes two.
 * @param pipes that may be open at once; each takes two.
 */
record Budget(int connections, int pipes) {
    /** The fewest descriptors to divide. */
    static final int LEAST = 4;
    /** Of what there is, the part that pipes may take. */
    private static final int PIPE_SHARE = 8;

    /** Divides so many descriptors, {@link #LEAST} or more. */
    static Budget divide(int free) {
        int pipes = Math.min(PipePool.MOST, free / PIPE_SHARE / 2);
        return new Budget((free - 2 * pipes) / 2, pipes);
    }
}
