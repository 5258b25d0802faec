/**
 * What the programs that receive connections share: their loop's thread, their sockets, the file that describes their
 * services, and their descriptors.
 */
package io.socketbox.receive;
