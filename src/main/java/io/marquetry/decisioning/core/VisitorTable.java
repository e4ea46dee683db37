package io.marquetry.decisioning.core;

import io.marquetry.kit.Id128;
import org.jspecify.annotations.Nullable;

/**
 * All visitors by id, split by the first bits of their hash into pages that grow one by one, so
 * that no single step of growth takes long.
 */
final class VisitorTable {
  private static final int PREFIX_BITS = 10;

  /** How many pages there are. */
  static final int PAGES = 1 << PREFIX_BITS;

  private final @Nullable VisitorPage[] pages = new VisitorPage[PAGES];
  private long size;
  private long slots;
  private int largestCopy;
  private int handPage;
  private int handSlot;

  long size() {
    return size;
  }

  /** Slots there are in all pages, filled or not. */
  long slots() {
    return slots;
  }

  /** Most slots that were ever copied in one step of growth. */
  int largestCopy() {
    return largestCopy;
  }

  /** The page that a hash falls in, null where nobody of it is known. */
  @Nullable VisitorPage page(long hash) {
    return pages[(int) (hash >>> (64 - PREFIX_BITS))];
  }

  /** Adds somebody who is not there yet. */
  void add(Id128 id, long hash, long state, Object @Nullable [] row) {
    int index = (int) (hash >>> (64 - PREFIX_BITS));
    var page = pages[index];
    if (page == null) {
      page = new VisitorPage(PREFIX_BITS);
      pages[index] = page;
      slots += page.slots();
    }
    int before = page.slots();
    largestCopy = Math.max(largestCopy, page.add(id.high(), id.low(), hash, state, row));
    slots += page.slots() - before;
    size++;
  }

  void remove(VisitorPage page, int slot) {
    page.remove(slot);
    size--;
  }

  /** What to do with a visitor that the hand passes. */
  interface Visit {
    void at(VisitorPage page, int slot);
  }

  /** Shows all visitors of one page. */
  void visit(int number, Visit visit) {
    var page = pages[number];
    for (int slot = 0; page != null && slot < page.slots(); slot++) {
      if (page.taken(slot)) {
        visit.at(page, slot);
      }
    }
  }

  /** Shows the next {@code count} visitors behind those of the last call, round and round. */
  void sweep(int count, Visit visit) {
    long left = Math.min(count, size);
    while (left > 0) {
      var page = pages[handPage];
      if (page == null || handSlot >= page.slots()) {
        handPage = (handPage + 1) & (pages.length - 1);
        handSlot = 0;
      } else if (page.taken(handSlot++)) {
        visit.at(page, handSlot - 1);
        left--;
      }
    }
  }
}
