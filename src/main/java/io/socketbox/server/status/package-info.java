/** What the server tells of itself: collected from its statistics, as text for people and as JSON. */
package io.socketbox.server.status;
