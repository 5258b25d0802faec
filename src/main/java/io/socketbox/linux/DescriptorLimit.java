package io.socketbox.linux;

/** RLIMIT_NOFILE (getrlimit(2)): the soft limit, which counts, and the hard one up to which it may be raised. */
public record DescriptorLimit(long soft, long hard) {}
