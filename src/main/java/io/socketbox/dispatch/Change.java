package io.socketbox.dispatch;

/**
 * A snapshot and how its destinations differ from those of the one before; everything by slot.
 *
 * @param snapshot what holds from now on.
 * @param opened   destinations that are new or come back.
 * @param revived  of these, those that were gone and come back before everybody has let go of them.
 * @param gone     destinations that are no longer named: what waits for them is delivered, then they are closed.
 * @param kept     how many stayed.
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
record Change(Snapshot snapshot, int[] opened, int[] revived, int[] gone, int kept) {}
