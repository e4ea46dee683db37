package io.marquetry.models.core;

import java.util.Arrays;

/**
 * Counts numbers, of which it remembers the frequent ones: a Misra–Gries summary on flat arrays.
 *
 * <p>Design note: where a new number finds no room, everybody's count goes down by one and those at
 * zero leave. So a count is never too high, and too low by at most the number of such rounds: what
 * rests on it errs towards less confidence.
 */
final class Tally {
  private static final int FIRST = 8;
  private static final int NOTHING = -1;

  private final int most;
  private int[] keys = empty(FIRST);
  private int[] counts = new int[FIRST];
  private int size;

  /**
   * @param most numbers remembered
   */
  Tally(int most) {
    this.most = most;
  }

  private static int[] empty(int slots) {
    var keys = new int[slots];
    Arrays.fill(keys, NOTHING);
    return keys;
  }

  /** Counts a number, 0 or more. */
  void add(int key) {
    int slot = slot(keys, key);
    if (keys[slot] == key) {
      counts[slot]++;
    } else if (size < most) {
      keys[slot] = key;
      counts[slot] = 1;
      size++;
      if (size * 4 > keys.length * 3) {
        rebuild(keys.length * 2, 0);
      }
    } else {
      rebuild(keys.length, 1);
    }
  }

  private static int slot(int[] keys, int key) {
    int mask = keys.length - 1;
    int slot = (key * 0x9E3779B9) >>> 7 & mask;
    while (keys[slot] != NOTHING && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void rebuild(int slots, int less) {
    var oldKeys = keys;
    var oldCounts = counts;
    keys = empty(slots);
    counts = new int[slots];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != NOTHING && oldCounts[i] > less) {
        int slot = slot(keys, oldKeys[i]);
        keys[slot] = oldKeys[i];
        counts[slot] = oldCounts[i] - less;
        size++;
      }
    }
  }

  int count(int key) {
    int slot = slot(keys, key);
    return keys[slot] == key ? counts[slot] : 0;
  }

  int size() {
    return size;
  }

  /** The numbers remembered, in no particular order. */
  int[] keys() {
    return Arrays.stream(keys).filter(key -> key != NOTHING).toArray();
  }
}
