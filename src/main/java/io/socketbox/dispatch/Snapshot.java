package io.socketbox.dispatch;

import io.socketbox.handoff.HandoffLimits;
import io.socketbox.limit.Limiters;
import io.socketbox.route.Destination;
import io.socketbox.route.PathExpansion;
import io.socketbox.route.RouteTable;

/**
 * What dispatchers follow until the next one is published: a table, and where its results lead. Made by the conductor,
 * then only read, by any thread; its arrays are not to be changed.
 *
 * @param number       counts snapshots, from 0.
 * @param table        decides; closed once every dispatcher follows a later snapshot.
 * @param slots        index of a destination, as the table gives it, to the slot that the destination keeps over all
 *                     snapshots.
 * @param destinations slot to destination; null where this snapshot has none.
 * @param templates    slot to the template of a {@link Destination.PathTemplate}, the same object over all snapshots;
 *                     else null.
 * @param limits       what each dispatcher may hold.
 * @param limiters     of the rates, as the table numbers them; shared by all dispatchers.
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
record Snapshot(
        int number,
        RouteTable table,
        int[] slots,
        Destination[] destinations,
        PathExpansion[] templates,
        HandoffLimits limits,
        Limiters limiters) {}
