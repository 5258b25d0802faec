/**
 * Pure decisions: addresses and ports in, the index of a destination out. No input or output, no clock, no logging.
 *
 * <p>IPv6 addresses are two big-endian longs (hi, lo); IPv4 is v4-mapped ({@code ::ffff:a.b.c.d}); ports are ints.
 */
package io.socketbox.route;
