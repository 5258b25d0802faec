/**
 * The fault suite: what happens to the programs in the course of years, done to them under continuous load of clients whose
 * connections are numbered and accounted for one by one.
 */
package io.socketbox.faults;
