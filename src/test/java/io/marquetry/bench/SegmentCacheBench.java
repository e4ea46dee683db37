package io.marquetry.bench;

import io.marquetry.kit.Id128;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many visitors fit in memory, how fast they are found, and how long the structure stops to
 * grow: our segment cache beside a map of sets, Caffeine, and a bitmap for each segment.
 *
 * <p>Filling happens before measuring and says, in a line of its own, what a visitor takes of the
 * heap and how long the longest single put took, in CPU time of the thread, the first tenth left
 * out because the code is not compiled yet.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SegmentCacheBench {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final String ASKED = Population.segment(7);
  private static final int MOVES = 1 << 16;

  @Param({"ours", "map", "caffeine", "roaring"})
  String way = "";

  @Param("1000000")
  int visitors;

  @Param("false")
  boolean uniform;

  private final SplittableRandom random = new SplittableRandom(3);
  private final Id128[] movers = new Id128[MOVES];
  private final List<?>[] moves = new List<?>[MOVES];
  private MembershipStore store = MembershipStore.of("map", 1);
  private int turn;

  /** Fills it, and measures that. */
  @Setup
  public void fill() {
    var population = new Population(uniform);
    for (int i = 0; i < MOVES; i++) {
      movers[i] = Population.id(random.nextInt(visitors));
      moves[i] = population.memberships(random.nextInt(visitors));
    }
    long before = used();
    store = MembershipStore.of(way, visitors);
    long longest = 0;
    for (int i = 0; i < visitors; i++) {
      var id = Population.id(i);
      var segments = population.memberships(i);
      long began = THREADS.getCurrentThreadCpuTime();
      store.put(id, 1, segments);
      long took = THREADS.getCurrentThreadCpuTime() - began;
      longest = Math.max(longest, i > visitors / 10 ? took : 0);
    }
    System.out.printf(
        Locale.ROOT,
        "%nfilled %s %s: %.1f B a visitor, longest put %.2f ms%n",
        way,
        uniform ? "uniform" : "real",
        (used() - before) / (double) visitors,
        longest / 1e6);
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Somebody at random: are they in the segment? */
  @Benchmark
  public boolean lookup() {
    return store.isMember(Population.id(random.nextInt(visitors)), ASKED);
  }

  /** The same, but every tenth time somebody moves to another set instead. */
  @Benchmark
  @SuppressWarnings("unchecked")
  public boolean mixed() {
    if (++turn % 10 != 0) {
      return lookup();
    }
    int move = turn / 10 % MOVES;
    store.put(movers[move], 2 + turn / (10 * MOVES), (List<String>) moves[move]);
    return true;
  }
}
