/**
 * How one server follows another without a refused or lost connection: by the other's descriptors, which travel over its
 * control socket or come from the service manager. Sockets that two processes share are only ever closed by the one that
 * goes, never shut down, emptied or unlinked.
 */
package io.socketbox.server.takeover;
