package io.marquetry.decisioning.core;

import org.jspecify.annotations.Nullable;

/**
 * Finds a membership set by what is in it: ids only, four bytes each, in pages that grow one by
 * one.
 *
 * <p>Linear probing; the hash of a set is worked out again from its bytes where it is needed, which
 * is dearer than keeping it and saves eight bytes a set.
 */
final class SetIndex {
  private static final int PREFIX_BITS = 12;
  private static final int SMALLEST = 4;

  private final MembershipSets sets;
  private final int[] @Nullable [] pages = new int[1 << PREFIX_BITS][];
  private final int[] sizes = new int[1 << PREFIX_BITS];
  private long slots;

  SetIndex(MembershipSets sets) {
    this.sets = sets;
  }

  long bytes() {
    return slots * Integer.BYTES;
  }

  private static int page(long hash) {
    return (int) (hash >>> (64 - PREFIX_BITS));
  }

  private static int home(long hash, int[] page) {
    return Mixing.place(hash << PREFIX_BITS, page.length);
  }

  private static int next(int slot, int[] page) {
    return slot + 1 == page.length ? 0 : slot + 1;
  }

  /** The id of the set that is encoded so, 0 where there is none. */
  int find(long hash, byte[] encoded, int length) {
    var page = pages[page(hash)];
    if (page == null) {
      return 0;
    }
    int slot = home(hash, page);
    while (page[slot] != 0 && !sets.same(page[slot], encoded, length)) {
      slot = next(slot, page);
    }
    return page[slot];
  }

  void add(long hash, int id) {
    int number = page(hash);
    var page = pages[number];
    if (page == null || sizes[number] >= page.length * 4 / 5) {
      page = grown(page);
      pages[number] = page;
    }
    insert(page, hash, id);
    sizes[number]++;
  }

  private static void insert(int[] page, long hash, int id) {
    int slot = home(hash, page);
    while (page[slot] != 0) {
      slot = next(slot, page);
    }
    page[slot] = id;
  }

  private int[] grown(int @Nullable [] old) {
    if (old == null) {
      slots += SMALLEST;
      return new int[SMALLEST];
    }
    var page = new int[old.length + Math.max(SMALLEST, old.length / 4)];
    slots += page.length - old.length;
    for (int id : old) {
      if (id != 0) {
        insert(page, sets.hashOf(id), id);
      }
    }
    return page;
  }

  void remove(long hash, int id) {
    int number = page(hash);
    var page = pages[number];
    if (page == null) {
      throw new IllegalStateException("set " + id + " is not in the index");
    }
    int slot = home(hash, page);
    while (page[slot] != id) {
      slot = next(slot, page);
    }
    close(page, slot);
    sizes[number]--;
  }

  /** Empties a slot and moves up whoever stands further from home because of it. */
  private void close(int[] page, int slot) {
    int gap = slot;
    for (int at = next(slot, page); page[at] != 0; at = next(at, page)) {
      int home = home(sets.hashOf(page[at]), page);
      int fromHome = Math.floorMod(at - home, page.length);
      int fromGap = Math.floorMod(at - gap, page.length);
      if (fromHome >= fromGap) {
        page[gap] = page[at];
        gap = at;
      }
    }
    page[gap] = 0;
  }
}
