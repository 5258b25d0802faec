/** Configuration text to routes, with diagnostics that point at line and column. */
package io.socketbox.config;
