/**
 * The programs socketbox-inetd and socketbox-inetd-p: each connection that socketbox hands over is served by a child
 * process of its own, on descriptors 0 and 1. One thread ({@code Inetd}) receives, starts and reaps; the main thread
 * writes the log.
 */
package io.socketbox.inetd;
