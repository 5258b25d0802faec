/**
 * Rate limits: token buckets, one for all connections of a limit and one for each client, in bounded memory. Pure
 * decisions: the clock is an argument, and nothing is closed or delayed here.
 */
package io.socketbox.limit;
