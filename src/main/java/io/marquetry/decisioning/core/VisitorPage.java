package io.marquetry.decisioning.core;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One page of the {@link VisitorTable}: the visitors whose hashes share their first bits.
 *
 * <p>Design note. A slot is three longs side by side in one array (the two halves of the id, and a
 * word of state that is never 0), so that a lookup touches neighbouring cache lines and no objects.
 * Slots are filled by ordered linear probing: a visitor's home is its hash scaled to the page's
 * size, and the visitors of a run stand in the order of their hashes. Hence
 *
 * <ul>
 *   <li>a search ends as soon as it meets a larger hash, so that looking for somebody unknown is as
 *       cheap as finding somebody known, even at a fill of 87 %;
 *   <li>removing moves the rest of the run up, and no graves are left behind;
 *   <li>growing is one pass in order, into a page a sixteenth larger. As pages grow by themselves,
 *       the longest pause is that of copying one page.
 * </ul>
 *
 * Beyond the last home lies some room for runs to spill into; the very last slot stays empty, so
 * that every search ends. The second array exists only once a visitor of the page has field values.
 */
final class VisitorPage {
  static final int WIDTH = 3;
  private static final int LOW = 1;
  private static final int STATE = 2;
  private static final int SMALLEST = 8;
  private static final double FILL = 0.87;
  private static final int SPILL = 48;

  private final int prefixBits;
  private int homes;
  private int limit;
  private int size;
  private long[] slots;
  private Object @Nullable [] @Nullable [] rows;

  /**
   * @param prefixBits how many first bits of the hash all visitors of this page share
   */
  VisitorPage(int prefixBits) {
    this.prefixBits = prefixBits;
    this.slots = allot(SMALLEST);
  }

  private long[] allot(int wanted) {
    homes = wanted;
    limit = Math.max(1, (int) (wanted * FILL));
    return new long[(wanted + SPILL + wanted / 128) * WIDTH];
  }

  int size() {
    return size;
  }

  /** Slots there are, filled or not. */
  int slots() {
    return slots.length / WIDTH;
  }

  /** The slot of a visitor, or the complement of the slot at which they belong. */
  int find(long high, long low, long hash) {
    var table = slots;
    int at = Mixing.place(hash << prefixBits, homes) * WIDTH;
    while (table[at + STATE] != 0) {
      if (table[at] == high && table[at + LOW] == low) {
        return at / WIDTH;
      }
      if (Long.compareUnsigned(Mixing.spread(table[at], table[at + LOW]), hash) > 0) {
        break;
      }
      at += WIDTH;
    }
    return ~(at / WIDTH);
  }

  boolean taken(int slot) {
    return slots[slot * WIDTH + STATE] != 0;
  }

  long high(int slot) {
    return slots[slot * WIDTH];
  }

  long low(int slot) {
    return slots[slot * WIDTH + LOW];
  }

  long state(int slot) {
    return slots[slot * WIDTH + STATE];
  }

  /**
   * @param state not 0
   */
  void state(int slot, long state) {
    slots[slot * WIDTH + STATE] = state;
  }

  /** The visitor's field values, null where there are none. */
  Object @Nullable [] row(int slot) {
    return rows == null ? null : rows[slot];
  }

  void row(int slot, Object @Nullable [] row) {
    if (rows == null && row != null) {
      rows = new Object[slots()][];
    }
    if (rows != null) {
      rows[slot] = row;
    }
  }

  /**
   * Adds somebody who is not there yet.
   *
   * @param state not 0
   * @return how many slots had to be copied to make the page larger, mostly 0
   */
  int add(long high, long low, long hash, long state, Object @Nullable [] row) {
    int copied = 0;
    int slot = ~find(high, low, hash);
    while (size >= limit || !makeRoom(slot)) {
      copied += grow();
      slot = ~find(high, low, hash);
    }
    int at = slot * WIDTH;
    slots[at] = high;
    slots[at + LOW] = low;
    slots[at + STATE] = state;
    row(slot, row);
    size++;
    return copied;
  }

  /** Moves the run from here on one slot down; false where it would reach the last slot. */
  private boolean makeRoom(int slot) {
    int end = slot;
    while (taken(end)) {
      end++;
    }
    if (end >= slots() - 1) {
      return false;
    }
    move(slot, slot + 1, end - slot);
    return true;
  }

  void remove(int slot) {
    int end = slot + 1;
    while (taken(end) && home(end) < end) {
      end++;
    }
    move(slot + 1, slot, end - slot - 1);
    int last = end - 1;
    Arrays.fill(slots, last * WIDTH, end * WIDTH, 0);
    row(last, null);
    size--;
  }

  private int home(int slot) {
    return Mixing.place(Mixing.spread(high(slot), low(slot)) << prefixBits, homes);
  }

  private void move(int from, int to, int count) {
    System.arraycopy(slots, from * WIDTH, slots, to * WIDTH, count * WIDTH);
    if (rows != null) {
      System.arraycopy(rows, from, rows, to, count);
    }
  }

  private int grow() {
    var oldSlots = slots;
    var oldRows = rows;
    int wanted = homes;
    do {
      wanted += Math.max(SMALLEST, wanted / 16);
      slots = allot(wanted);
      rows = oldRows == null ? null : new Object[slots()][];
    } while (!copy(oldSlots, oldRows));
    return oldSlots.length / WIDTH;
  }

  /** Fills the page from an older, smaller one; false where the last run does not fit. */
  private boolean copy(long[] oldSlots, Object @Nullable [] @Nullable [] oldRows) {
    int next = 0;
    for (int from = 0; from < oldSlots.length; from += WIDTH) {
      if (oldSlots[from + STATE] != 0) {
        long hash = Mixing.spread(oldSlots[from], oldSlots[from + LOW]);
        int slot = Math.max(next, Mixing.place(hash << prefixBits, homes));
        next = slot + 1;
        if (next >= slots()) {
          return false;
        }
        System.arraycopy(oldSlots, from, slots, slot * WIDTH, WIDTH);
        row(slot, oldRows == null ? null : oldRows[from / WIDTH]);
      }
    }
    return true;
  }
}
