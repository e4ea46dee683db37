package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ids of all profiles of one moment, to be gone through in order, a page at a time.
 *
 * <p>Design note: sorting a million ids would hold up the loop for most of a second. Ids are spread
 * evenly, so they are dealt into buckets by their leading bits, and a bucket is sorted when a page
 * reaches it.
 */
public final class Listing {
  private static final int BITS = 12;

  private final List<List<Id128>> buckets;
  private final boolean[] sorted = new boolean[1 << BITS];

  public Listing(Id128[] ids) {
    buckets = new ArrayList<>(Collections.nCopies(1 << BITS, List.of()));
    for (var id : ids) {
      int bucket = bucket(id);
      if (buckets.get(bucket).isEmpty()) {
        buckets.set(bucket, new ArrayList<>(1 + ids.length / (1 << BITS)));
      }
      buckets.get(bucket).add(id);
    }
  }

  /** The ids behind {@code after}, the first ones where it is null. */
  public List<Id128> page(@Nullable Id128 after, int limit) {
    var page = new ArrayList<Id128>(Math.min(limit, 10_000));
    for (int bucket = after == null ? 0 : bucket(after);
        bucket < buckets.size() && page.size() < limit;
        bucket++) {
      for (var id : sorted(bucket)) {
        if (page.size() < limit && (after == null || id.compareTo(after) > 0)) {
          page.add(id);
        }
      }
    }
    return page;
  }

  private List<Id128> sorted(int bucket) {
    var ids = buckets.get(bucket);
    if (!sorted[bucket] && ids.size() > 1) {
      Collections.sort(ids);
    }
    sorted[bucket] = true;
    return ids;
  }

  private static int bucket(Id128 id) {
    return (int) (id.high() >>> (Long.SIZE - BITS));
  }
}
