/**
 * What the programs have in common, and none of them may take from another: command lines, privileges, signals, and how
 * they say that they are ready. Everything here is cold.
 */
package io.socketbox.program;
