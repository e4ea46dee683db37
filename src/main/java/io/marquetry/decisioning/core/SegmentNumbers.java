package io.marquetry.decisioning.core;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives each segment a small number and counts its members.
 *
 * <p>Numbers are dense from 0. Once they are used up, a segment without members gives its number to
 * the next one, so that there are never many more numbers than segments that live.
 */
final class SegmentNumbers {
  private static final int LATELY = 1 << 10;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final @Nullable String[] askedLately = new String[LATELY];
  private final int[] answeredLately = new int[LATELY];
  private @Nullable String[] keys = new String[64];
  private long[] members = new long[64];
  private long[] hashes = new long[64];
  private int used;

  /**
   * The segment's number, -1 where it has none.
   *
   * <p>Conditions ask with the same few texts over and over, so what was answered is kept by the
   * text itself.
   */
  @SuppressWarnings("ReferenceEquality") // another text that says the same is looked up
  int find(String key) {
    int place = key.hashCode() & (LATELY - 1);
    if (askedLately[place] == key) {
      return answeredLately[place];
    }
    var number = numbers.get(key);
    int found = number == null ? -1 : number;
    askedLately[place] = key;
    answeredLately[place] = found;
    return found;
  }

  /** Counts one member more and answers the segment's number, given to it now if need be. */
  int join(String key) {
    var known = numbers.get(key);
    int number = known != null ? known : assign(key);
    members[number]++;
    return number;
  }

  /** Counts one member less in each of these segments. */
  void leave(int[] left, int count) {
    for (int i = 0; i < count; i++) {
      members[left[i]]--;
    }
  }

  private int assign(String key) {
    Arrays.fill(askedLately, null);
    int number = vacant();
    if (number == keys.length) {
      keys = Arrays.copyOf(keys, number * 2);
      members = Arrays.copyOf(members, number * 2);
      hashes = Arrays.copyOf(hashes, number * 2);
    }
    used = Math.max(used, number + 1);
    keys[number] = key;
    hashes[number] = CacheFingerprint.hash(key);
    numbers.put(key, number);
    return number;
  }

  private int vacant() {
    for (int number = 0; used == keys.length && number < used; number++) {
      if (members[number] == 0) {
        numbers.remove(keys[number]);
        return number;
      }
    }
    return used;
  }

  /** 64 bits of the key of a segment. */
  long hash(int number) {
    return hashes[number];
  }

  /** All numbers given out are below. */
  int used() {
    return used;
  }

  long members(String key) {
    int number = find(key);
    return number < 0 ? 0 : members[number];
  }
}
