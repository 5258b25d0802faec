/**
 * The programs behind {@code make run}: {@code src/main/sh/demo.sh} lays the namespaces and starts the real server, three
 * {@link io.socketbox.demo.Receiver}s and one {@link io.socketbox.demo.Client}.
 */
package io.socketbox.demo;
