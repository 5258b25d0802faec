/**
 * The Linux kernel as Java methods: the only package that sees {@code MemorySegment}, {@code MethodHandle} and errno.
 *
 * <p>Cold calls return a value or throw {@link io.socketbox.linux.LinuxException}; hot calls return the raw result and
 * leave errno for the caller to read.
 */
package io.socketbox.linux;
