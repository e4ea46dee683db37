package io.marquetry.bench;

import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Visitors and the segments they are in; the same ones each time.
 *
 * <p>There are 500 segments. As visitors really share them: one belongs to one of 2,000 kinds by
 * Zipf's law, a kind has about a dozen segments, popular ones more often, and one visitor in five
 * has one segment more. Or uniformly: any twelve of the 500, so that nobody has the set of another.
 */
final class Population {
  static final int SEGMENTS = 500;
  private static final int KINDS = 2_000;
  private static final int MEMBERSHIPS = 12;

  private final boolean uniform;
  private final List<String> keys =
      IntStream.range(0, SEGMENTS).mapToObj(Population::segment).toList();
  private final List<List<String>> kinds = new ArrayList<>();
  private final double[] zipf = new double[KINDS];

  Population(boolean uniform) {
    this.uniform = uniform;
    var random = new SplittableRandom(1);
    double sum = 0;
    for (int i = 0; i < KINDS; i++) {
      kinds.add(kind(random));
      sum += 1.0 / (i + 1);
      zipf[i] = sum;
    }
  }

  /** The key of a segment, from 0. */
  static String segment(int number) {
    return "segment-" + number;
  }

  /** The id of a visitor: uniform in all bits, as real ones are. */
  static Id128 id(int number) {
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

  /** The segments of a visitor, sorted. */
  List<String> memberships(int visitor) {
    var random = new SplittableRandom(visitor);
    var members = new TreeSet<String>();
    if (uniform) {
      while (members.size() < MEMBERSHIPS) {
        members.add(keys.get(random.nextInt(SEGMENTS)));
      }
      return List.copyOf(members);
    }
    double lot = random.nextDouble() * zipf[KINDS - 1];
    int kind = Arrays.binarySearch(zipf, lot);
    var base = kinds.get(kind < 0 ? Math.min(~kind, KINDS - 1) : kind);
    if (random.nextInt(5) != 0) {
      return base;
    }
    members.addAll(base);
    members.add(keys.get((int) (SEGMENTS * Math.pow(random.nextDouble(), 3))));
    return List.copyOf(members);
  }
}
