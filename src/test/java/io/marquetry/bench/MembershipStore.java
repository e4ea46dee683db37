package io.marquetry.bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.decisioning.core.SegmentCache;
import io.marquetry.decisioning.core.VisitorView;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roaringbitmap.RoaringBitmap;

/** Who is in which segment, kept in one of the ways there are. */
interface MembershipStore {
  /** A visitor is in these segments from here on, and in no other. */
  void put(Id128 visitor, long version, List<String> segments);

  boolean isMember(Id128 visitor, String segment);

  /** The way of that name, for so many visitors. */
  static MembershipStore of(String name, int visitors) {
    return switch (name) {
      case "ours" -> new Ours();
      case "map" -> new MapOfSets();
      case "caffeine" -> new CaffeineOfSets(visitors);
      case "roaring" -> new BitmapPerSegment();
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** The segment cache, with its check of consent. */
  final class Ours implements MembershipStore {
    private final SegmentCache cache = new SegmentCache(Long.MAX_VALUE);
    private final VisitorView view = new VisitorView();
    private final Grant grant = grant();

    private static Grant grant() {
      var consent = new ConsentView();
      consent.setDefault("shop", Purposes.ALL);
      consent.renew(0);
      return consent
          .grant("shop", Purpose.PERSONALIZATION, List.of(new Id128(1, 1)), false, 0)
          .orElseThrow();
    }

    @Override
    public void put(Id128 visitor, long version, List<String> segments) {
      cache.put(new ProfileSnapshot(visitor, "shop", version, 0, segments, Map.of()));
    }

    @Override
    public boolean isMember(Id128 visitor, String segment) {
      cache.find(grant, visitor, Map.of(), view);
      return view.inSegment(segment);
    }
  }

  /** Equal sets kept once, as far as a map of all of them finds out; nothing is ever given up. */
  final class SharedSets {
    private final Map<List<String>, Set<String>> sets = new HashMap<>();

    Set<String> shared(List<String> segments) {
      return sets.computeIfAbsent(segments, HashSet::new);
    }
  }

  /** A plain map, in its favour one in which visitors share equal sets. */
  final class MapOfSets implements MembershipStore {
    private final Map<Id128, Set<String>> visitors = new HashMap<>();
    private final SharedSets sets = new SharedSets();

    @Override
    public void put(Id128 visitor, long version, List<String> segments) {
      visitors.put(visitor, sets.shared(segments));
    }

    @Override
    public boolean isMember(Id128 visitor, String segment) {
      var found = visitors.get(visitor);
      return found != null && found.contains(segment);
    }
  }

  /** The same in Caffeine: bounded, and it lets go of those unseen for longest, as ours does. */
  final class CaffeineOfSets implements MembershipStore {
    private final Cache<Id128, Set<String>> visitors;
    private final SharedSets sets = new SharedSets();

    CaffeineOfSets(int bound) {
      visitors = Caffeine.newBuilder().maximumSize(bound).executor(Runnable::run).build();
    }

    @Override
    public void put(Id128 visitor, long version, List<String> segments) {
      visitors.put(visitor, sets.shared(segments));
    }

    @Override
    public boolean isMember(Id128 visitor, String segment) {
      var found = visitors.getIfPresent(visitor);
      return found != null && found.contains(segment);
    }
  }

  /**
   * A bitmap of visitors for each segment. Visitors are numbered by a flat table that keeps the
   * whole id, the smallest there is, so that the bitmaps are what is compared. Nothing says which
   * segments a visitor is in, so whoever moves asks all bitmaps.
   */
  final class BitmapPerSegment implements MembershipStore {
    private static final double FILL = 0.75;

    private final Map<String, RoaringBitmap> segments = new HashMap<>();
    private final List<RoaringBitmap> all = new ArrayList<>();
    private long[] ids = new long[2 << 4];
    private int[] numbers = new int[1 << 4];
    private int size;

    @Override
    public void put(Id128 visitor, long version, List<String> keys) {
      int number = number(visitor);
      if (number < 0) {
        number = add(visitor);
      } else {
        for (var bitmap : all) {
          bitmap.remove(number);
        }
      }
      for (var key : keys) {
        var bitmap = segments.get(key);
        if (bitmap == null) {
          bitmap = new RoaringBitmap();
          segments.put(key, bitmap);
          all.add(bitmap);
        }
        bitmap.add(number);
      }
    }

    @Override
    public boolean isMember(Id128 visitor, String segment) {
      int number = number(visitor);
      var bitmap = segments.get(segment);
      return number >= 0 && bitmap != null && bitmap.contains(number);
    }

    private int number(Id128 visitor) {
      int slot = slot(visitor.high(), visitor.low());
      return numbers[slot] - 1;
    }

    private int slot(long high, long low) {
      int slot = (int) low & (numbers.length - 1);
      while (numbers[slot] != 0 && (ids[2 * slot] != high || ids[2 * slot + 1] != low)) {
        slot = (slot + 1) & (numbers.length - 1);
      }
      return slot;
    }

    private int add(Id128 visitor) {
      if (size >= numbers.length * FILL) {
        grow();
      }
      int slot = slot(visitor.high(), visitor.low());
      ids[2 * slot] = visitor.high();
      ids[2 * slot + 1] = visitor.low();
      numbers[slot] = ++size;
      return size - 1;
    }

    private void grow() {
      var oldIds = ids;
      var oldNumbers = numbers;
      numbers = new int[oldNumbers.length * 2];
      ids = new long[oldIds.length * 2];
      for (int from = 0; from < oldNumbers.length; from++) {
        if (oldNumbers[from] != 0) {
          int slot = slot(oldIds[2 * from], oldIds[2 * from + 1]);
          ids[2 * slot] = oldIds[2 * from];
          ids[2 * slot + 1] = oldIds[2 * from + 1];
          numbers[slot] = oldNumbers[from];
        }
      }
    }
  }
}
