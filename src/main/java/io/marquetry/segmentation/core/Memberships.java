package io.marquetry.segmentation.core;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The segments a profile is in and since when, sorted by key.
 *
 * <p>Design note: two parallel arrays; most visitors are in about a dozen segments, where a binary
 * search beats hashing and costs a fifth of the memory.
 */
final class Memberships {
  private static final String[] NONE = {};

  private String[] keys = NONE;
  private long[] since = {};

  Memberships copy() {
    var copy = new Memberships();
    copy.keys = keys;
    copy.since = since.clone();
    return copy;
  }

  boolean has(String key) {
    return place(key) >= 0;
  }

  int size() {
    return keys.length;
  }

  String key(int index) {
    return keys[index];
  }

  long since(int index) {
    return since[index];
  }

  /** Since when; 0 where it is no member. */
  long since(String key) {
    int place = place(key);
    return place < 0 ? 0 : since[place];
  }

  /** Enters a segment; a member stays one since the earlier moment. */
  void enter(String key, long at) {
    int place = place(key);
    if (place >= 0) {
      since[place] = Math.min(since[place], at);
      return;
    }
    int gap = -place - 1;
    var longerKeys = Arrays.copyOf(keys, keys.length + 1);
    var longerSince = Arrays.copyOf(since, since.length + 1);
    System.arraycopy(keys, gap, longerKeys, gap + 1, keys.length - gap);
    System.arraycopy(since, gap, longerSince, gap + 1, since.length - gap);
    longerKeys[gap] = key;
    longerSince[gap] = at;
    keys = longerKeys;
    since = longerSince;
  }

  void leave(String key) {
    int place = place(key);
    if (place < 0) {
      return;
    }
    var fewerKeys = Arrays.copyOf(keys, keys.length - 1);
    var fewerSince = Arrays.copyOf(since, since.length - 1);
    System.arraycopy(keys, place + 1, fewerKeys, place, fewerKeys.length - place);
    System.arraycopy(since, place + 1, fewerSince, place, fewerSince.length - place);
    keys = fewerKeys;
    since = fewerSince;
  }

  List<String> keys() {
    return Collections.unmodifiableList(Arrays.asList(keys));
  }

  private int place(String key) {
    return Arrays.binarySearch(keys, key);
  }
}
