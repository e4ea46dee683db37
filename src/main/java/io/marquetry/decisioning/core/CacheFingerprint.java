package io.marquetry.decisioning.core;

import java.nio.charset.StandardCharsets;

/**
 * One number for who is in which segment: two caches that hold the same have the same, however they
 * came to it.
 *
 * <p>Design note: the sum, over all visitors, of a hash of their id mixed with the sum of the
 * hashes of the keys of their segments. Sums do not depend on the order, and parts worked out by
 * several owners add up. What the numbers of segments are does not matter, since they differ from
 * start to start. It is worked out a page of visitors at a time, so that the loop stays free; it
 * means something only where nothing changed meanwhile.
 */
public final class CacheFingerprint {
  private final SegmentCache cache;
  private int nextPage;
  private long sum;
  private int[] scratch = new int[64];

  CacheFingerprint(SegmentCache cache) {
    this.cache = cache;
  }

  /** Takes in the next page of visitors; false where there is none any more. */
  public boolean next() {
    int pages = cache.pages();
    if (nextPage >= pages) {
      return false;
    }
    cache.visit(nextPage++, this::add);
    return true;
  }

  private void add(VisitorPage page, int slot) {
    if (scratch.length < cache.segmentNumbers()) {
      scratch = new int[cache.segmentNumbers() * 2];
    }
    int count = cache.memberships(page, slot, scratch);
    long segments = 0;
    for (int i = 0; i < count; i++) {
      segments += cache.keyHash(scratch[i]);
    }
    sum += Mixing.mix(Mixing.mix(page.high(slot) ^ segments) ^ page.low(slot));
  }

  /** The number, once {@link #next} says that there is no more. */
  public long value() {
    return sum;
  }

  /** 64 bits of a segment's key. */
  static long hash(String key) {
    long hash = 0xCBF29CE484222325L;
    for (byte octet : key.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xFF)) * 0x100000001B3L;
    }
    return Mixing.mix(hash);
  }
}
