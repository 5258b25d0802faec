/**
 * The hot loop: accept, route, hand off; and the conductor that decides beside it. {@link
 * io.socketbox.dispatch.Engine} is the door.
 */
package io.socketbox.dispatch;
