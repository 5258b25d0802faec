/** One destination at a time: its socket, what waits for it, when to try again; and the receiving end. */
package io.socketbox.handoff;
