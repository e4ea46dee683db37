package io.marquetry.sim;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: what will happen, in order, one thing after the other.
 *
 * <p>Nothing here waits, and nothing happens at once: two things of the same moment happen in the
 * order in which they were planned, so a run is the same every time.
 */
public final class World {
  private static final int REMEMBERED = Integer.getInteger("sim.trace", 400);
  private static final long START_MILLIS = 1_793_527_200_000L; // 2026-11-01T10:00:00Z

  private static final int LONGEST = Integer.getInteger("sim.width", 300);

  private final PriorityQueue<Step> steps = new PriorityQueue<>();
  private final Object[][] trace = new Object[REMEMBERED][];
  private final long seed;
  private final SplittableRandom root;
  private long noted;
  private long digest;
  private long now;
  private long planned;
  private long taken;

  /** One process, or the outside world: what is planned for it does not happen once it is over. */
  public static final class Life {
    private boolean over;

    public boolean isOver() {
      return over;
    }

    void end() {
      over = true;
    }
  }

  private record Step(long at, long number, Life life, Runnable work) implements Comparable<Step> {
    @Override
    public int compareTo(Step other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  /** A run did something that must never happen. */
  static final class Broken extends AssertionError {
    private static final long serialVersionUID = 1;

    Broken(String message) {
      super(message);
    }

    Broken(String message, Throwable cause) {
      super(message, cause);
    }
  }

  World(long seed) {
    this.seed = seed;
    this.root = new SplittableRandom(seed);
  }

  long seed() {
    return seed;
  }

  /** A source of chance for one concern, so that others do not see how often it is asked. */
  SplittableRandom chance() {
    return root.split();
  }

  /** Microseconds since the beginning. */
  long now() {
    return now;
  }

  /** The time of day, milliseconds since the epoch. */
  public long millis() {
    return START_MILLIS + now / 1_000;
  }

  /** How many things happened. */
  long taken() {
    return taken;
  }

  /** Plans work in some microseconds. */
  void later(Life life, long micros, Runnable work) {
    steps.add(new Step(now + Math.max(0, micros), planned++, life, work));
  }

  /** Lets time pass until a moment, in microseconds since the beginning. */
  void runUntil(long moment) {
    while (!steps.isEmpty() && steps.peek().at() <= moment) {
      step();
    }
    now = Math.max(now, moment);
  }

  private void step() {
    var step = steps.remove();
    now = step.at();
    if (step.life().over) {
      return;
    }
    taken++;
    try {
      step.work().run();
    } catch (RuntimeException e) {
      throw new Broken("something threw where nobody catches: " + e, e);
    }
  }

  /** Notes what happens, for whoever has to find out why. Details are made text only if need be. */
  public void note(String what, @Nullable Object... details) {
    var line = Arrays.copyOf(details, details.length + 2);
    line[details.length] = now;
    line[details.length + 1] = what;
    trace[(int) (noted++ % REMEMBERED)] = line;
    digest = digest * 31 + (now ^ what.hashCode());
  }

  /** A number that two runs share when the same happened in both. */
  long digest() {
    return digest;
  }

  /** What was noted last. */
  String trace() {
    var text = new StringBuilder();
    for (long i = Math.max(0, noted - REMEMBERED); i < noted; i++) {
      var line = trace[(int) (i % REMEMBERED)];
      int details = line.length - 2;
      text.append("%12.3f ms  %s".formatted((long) line[details] / 1_000.0, line[details + 1]));
      for (int detail = 0; detail < details; detail++) {
        var shown = String.valueOf(line[detail]);
        text.append(' ')
            .append(shown.length() > LONGEST ? shown.substring(0, LONGEST) + '…' : shown);
      }
      text.append('\n');
    }
    return text.toString();
  }
}
