/** What the program says about itself: counters with one writer each, and the event log. */
package io.socketbox.observe;
