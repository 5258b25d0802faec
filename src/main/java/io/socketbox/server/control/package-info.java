/**
 * The control socket: how an operator talks to a running server. A UNIX stream socket of mode 0600; one connection
 * carries one line, a verb and its arguments, and the answer: a line that says {@code ok} or {@code error: WHY}, then text until
 * the end. The same program is the client.
 */
package io.socketbox.server.control;
