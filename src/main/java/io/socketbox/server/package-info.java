/**
 * The socketbox program: command line, sockets, privileges, signals and lifecycle. Everything here is cold: it runs
 * before the first connection, on a signal, or at the end. Connections are the business of {@code io.socketbox.dispatch}.
 */
package io.socketbox.server;
