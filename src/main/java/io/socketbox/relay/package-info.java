/**
 * The program socketbox-relay: each connection that socketbox hands over is relayed to a target, a connection of its own.
 * One thread ({@code RelayAgent}) receives, connects and moves bytes; the main thread writes the log.
 */
package io.socketbox.relay;
