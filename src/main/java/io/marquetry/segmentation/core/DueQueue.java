package io.marquetry.segmentation.core;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Profiles by the moment at which to look at them again.
 *
 * <p>Design note: a binary heap in which every profile stands at most once and knows its place. The
 * moment mostly moves into the future with every event of the visitor (the end of the visit), so a
 * later moment is not entered at all: the profile surfaces too early once and is put back where it
 * belongs by then. Only an earlier moment moves it. That keeps an event free of heap work and the
 * heap as small as the number of profiles.
 */
final class DueQueue {
  /** How long beforehand it is told what time will change, in milliseconds. */
  static final long LEAD = 2_000;

  private Profile[] heap = new Profile[16];
  private long[] keys = new long[16];
  private int size;

  /** Sees to it that the profile comes up no later than it is to be looked at. */
  void schedule(Profile profile) {
    schedule(profile, profile.lookAt());
  }

  /** Sees to it that the profile comes up no later than at this moment. */
  void schedule(Profile profile, long at) {
    if (at == Trail.NEVER) {
      return;
    }
    if (profile.duePlace < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
        keys = Arrays.copyOf(keys, size * 2);
      }
      up(size++, profile, at);
    } else if (at < keys[profile.duePlace]) {
      up(profile.duePlace, profile, at);
    }
  }

  /** The earliest moment at which a profile comes up. */
  long next() {
    return size == 0 ? Trail.NEVER : keys[0];
  }

  /** Takes out a profile that is to be looked at; null where none is. */
  @Nullable Profile poll(long now) {
    while (size > 0 && keys[0] <= now) {
      var profile = heap[0];
      remove(profile);
      if (profile.lookAt() <= now) {
        return profile;
      }
      schedule(profile);
    }
    return null;
  }

  void remove(Profile profile) {
    int place = profile.duePlace;
    if (place < 0) {
      return;
    }
    profile.duePlace = -1;
    size--;
    if (place < size) {
      var last = heap[size];
      long key = keys[size];
      if (place > 0 && key < keys[(place - 1) >>> 1]) {
        up(place, last, key);
      } else {
        down(place, last, key);
      }
    }
    Arrays.fill(heap, size, size + 1, null); // or the profile could not be forgotten
  }

  int size() {
    return size;
  }

  private void up(int from, Profile profile, long key) {
    int place = from;
    while (place > 0) {
      int parent = (place - 1) >>> 1;
      if (keys[parent] <= key) {
        break;
      }
      set(place, heap[parent], keys[parent]);
      place = parent;
    }
    set(place, profile, key);
  }

  private void down(int from, Profile profile, long key) {
    int place = from;
    for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
      int least = child + 1 < size && keys[child + 1] < keys[child] ? child + 1 : child;
      if (key <= keys[least]) {
        break;
      }
      set(place, heap[least], keys[least]);
      place = least;
    }
    set(place, profile, key);
  }

  private void set(int place, Profile profile, long key) {
    heap[place] = profile;
    keys[place] = key;
    profile.duePlace = place;
  }
}
