/** The listener of {@code --metrics}: a small HTTP server for Prometheus and for people. */
package io.socketbox.server.metrics;
