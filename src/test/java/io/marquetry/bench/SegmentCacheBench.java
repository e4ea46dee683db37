package io.marquetry.bench;

import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.decisioning.core.SegmentCache;
import io.marquetry.decisioning.core.VisitorView;
import io.marquetry.grant.ConsentView;
import io.marquetry.grant.Grant;
import io.marquetry.kit.Id128;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * How many visitors fit in memory and how fast they are found: our segment cache beside a {@code
 * HashMap<Id128, Set<String>>} that shares equal sets, in one run.
 *
 * <p>Arguments: the number of visitors (1,000,000 unless given; 10,000,000 wants {@code -Xmx6g}),
 * {@code --uniform} for sets drawn uniformly instead of as visitors really share them, {@code
 * --cache-only} to leave the map out.
 *
 * <p>Figures are by CPU time of the one thread that works. Memberships: 500 segments; a visitor
 * belongs to one of 2,000 kinds by Zipf's law, each kind has about a dozen segments, popular ones
 * more often; one visitor in five has one segment more.
 */
public final class SegmentCacheBench {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int SEGMENTS = 500;
  private static final int KINDS = 2_000;
  private static final int MEMBERSHIPS = 12;
  private static final int LOOKUPS = 5_000_000;

  private final int visitors;
  private final boolean uniform;
  private final List<String> keys =
      IntStream.range(0, SEGMENTS).mapToObj(i -> "segment-" + i).toList();
  private final List<List<String>> kinds;
  private final double[] zipf = new double[KINDS];

  private SegmentCacheBench(int visitors, boolean uniform) {
    this.visitors = visitors;
    this.uniform = uniform;
    var random = new SplittableRandom(1);
    kinds = IntStream.range(0, KINDS).mapToObj(i -> kind(random)).toList();
    double sum = 0;
    for (int i = 0; i < KINDS; i++) {
      sum += 1.0 / (i + 1);
      zipf[i] = sum;
    }
  }

  public static void main(String[] args) {
    int visitors = 1_000_000;
    boolean uniform = false;
    boolean cacheOnly = false;
    for (var arg : args) {
      switch (arg) {
        case "--uniform" -> uniform = true;
        case "--cache-only" -> cacheOnly = true;
        default -> visitors = Integer.parseInt(arg);
      }
    }
    var bench = new SegmentCacheBench(visitors, uniform);
    bench.cache();
    if (!cacheOnly) {
      bench.map();
    }
  }

  private static Id128 id(int number) {
    return new Id128(mix(number * 0x9E3779B97F4A7C15L), mix(~number * 0x9E3779B97F4A7C15L));
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  private List<String> kind(SplittableRandom random) {
    var members = new TreeSet<String>();
    int count = MEMBERSHIPS - 4 + random.nextInt(9);
    while (members.size() < count) {
      members.add(keys.get((int) (SEGMENTS * Math.pow(random.nextDouble(), 2))));
    }
    return List.copyOf(members);
  }

  private List<String> memberships(int visitor) {
    var random = new SplittableRandom(visitor);
    var members = new TreeSet<String>();
    if (uniform) {
      while (members.size() < MEMBERSHIPS) {
        members.add(keys.get(random.nextInt(SEGMENTS)));
      }
      return List.copyOf(members);
    }
    double lot = random.nextDouble() * zipf[KINDS - 1];
    int kind = java.util.Arrays.binarySearch(zipf, lot);
    var base = kinds.get(kind < 0 ? Math.min(~kind, KINDS - 1) : kind);
    if (random.nextInt(5) != 0) {
      return base;
    }
    members.addAll(base);
    members.add(keys.get((int) (SEGMENTS * Math.pow(random.nextDouble(), 3))));
    return List.copyOf(members);
  }

  private void cache() {
    long before = used();
    var cache = new SegmentCache(Long.MAX_VALUE);
    long longest = 0;
    long putting = 0;
    for (int i = 0; i < visitors; i++) {
      var snapshot = new ProfileSnapshot(id(i), "shop", 1, 0, memberships(i), Map.of());
      long began = cpu();
      cache.put(snapshot);
      long took = cpu() - began;
      putting += took;
      longest = Math.max(longest, i > visitors / 10 ? took : 0);
    }
    long bytes = used() - before;
    System.out.printf(
        "segment cache  %,11d visitors  %,9d sets  %5.1f B a visitor (heap), %5.1f B (own count)%n",
        visitors,
        cache.distinctSets(),
        bytes / (double) visitors,
        cache.bytes() / (double) visitors);
    var grant = grant();
    var view = new VisitorView();
    long best = Long.MAX_VALUE;
    long mixed = Long.MAX_VALUE;
    int found = 0;
    for (int round = 0; round < 4; round++) {
      var random = new SplittableRandom(round);
      long began = cpu();
      for (int i = 0; i < LOOKUPS; i++) {
        var answer = cache.find(grant, id(random.nextInt(visitors)), Map.of(), view);
        found += answer == SegmentCache.Found.FOUND && view.inSegment("segment-7") ? 1 : 0;
      }
      best = Math.min(best, cpu() - began);
    }
    for (int round = 0; round < 2; round++) {
      mixed = Math.min(mixed, mixed(cache, grant, view, round));
    }
    System.out.printf(
        "               %4.1f M lookups/s, %4.1f M/s with one write in ten, %4.1f M puts/s;"
            + " longest put %.2f ms, most slots copied at once %,d; %d found%n",
        LOOKUPS * 1e3 / best,
        LOOKUPS * 1e3 / mixed,
        visitors * 1e3 / putting,
        longest / 1e6,
        cache.largestCopy(),
        found);
  }

  /** Lookups with a write among every ten: somebody moves to another set. */
  private long mixed(SegmentCache cache, Grant grant, VisitorView view, int round) {
    var random = new SplittableRandom(round);
    var pool = new ProfileSnapshot[100_000];
    for (int i = 0; i < pool.length; i++) {
      int visitor = random.nextInt(visitors);
      pool[i] =
          new ProfileSnapshot(
              id(visitor), "shop", 2 + round, 0, memberships(random.nextInt(visitors)), Map.of());
    }
    int found = 0;
    long began = cpu();
    for (int i = 0; i < LOOKUPS; i++) {
      if (i % 10 == 0) {
        cache.put(pool[(i / 10) % pool.length]);
      } else {
        cache.find(grant, id(random.nextInt(visitors)), Map.of(), view);
        found += view.inSegment("segment-7") ? 1 : 0;
      }
    }
    long took = cpu() - began;
    if (found == 0) {
      throw new IllegalStateException("nobody was in the segment");
    }
    return took;
  }

  private void map() {
    long before = used();
    var map = new HashMap<Id128, Set<String>>();
    var shared = new HashMap<Set<String>, Set<String>>();
    long longest = 0;
    for (int i = 0; i < visitors; i++) {
      var id = id(i);
      Set<String> members = new HashSet<>(memberships(i));
      members = shared.computeIfAbsent(members, same -> same);
      long began = cpu();
      map.put(id, members);
      longest = Math.max(longest, i > visitors / 10 ? cpu() - began : 0);
    }
    long bytes = used() - before;
    long best = Long.MAX_VALUE;
    int found = 0;
    for (int round = 0; round < 4; round++) {
      var random = new SplittableRandom(round);
      long began = cpu();
      for (int i = 0; i < LOOKUPS; i++) {
        var members = map.get(id(random.nextInt(visitors)));
        found += members != null && members.contains("segment-7") ? 1 : 0;
      }
      best = Math.min(best, cpu() - began);
    }
    System.out.printf(
        "HashMap        %,11d visitors  %,9d sets  %5.1f B a visitor (heap)%n",
        map.size(), shared.size(), bytes / (double) visitors);
    System.out.printf(
        "               %4.1f M lookups/s; longest put %.2f ms; %d found%n",
        LOOKUPS * 1e3 / best, longest / 1e6, found);
  }

  private static Grant grant() {
    var consent = new ConsentView();
    consent.setDefault("shop", Purposes.ALL);
    consent.renew(0);
    return consent
        .grant("shop", Purpose.PERSONALIZATION, List.of(new Id128(1, 1)), false, 0)
        .orElseThrow();
  }

  /** CPU time of this thread: what others run on the machine at the same time is left out. */
  private static long cpu() {
    return THREADS.getCurrentThreadCpuTime();
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
