package io.marquetry.segmentation.core;

import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Since when each behaviour is counted, and how far its past has been filled in from the log.
 *
 * <p>Design note: behaviours that turn up together are one numbered pass over the log. For each
 * shard a pass knows the position up to which events are its business: those at or below it are
 * counted by the pass and never as they are applied, those above as they are applied and never by
 * the pass, also when they are applied again after a crash. An event belongs to the shard of the
 * profile that it was applied to, wherever that profile's history is by now. So every event counts
 * exactly once. Profiles keep counts under the behaviour and the number of its pass, so what an
 * earlier life of the same behaviour left behind is never mixed in.
 *
 * <p>Numbers are not given again, since profiles may still hold notes of a pass that is forgotten;
 * so the newest is remembered even where nothing is left of it.
 *
 * <p>A row that says since when must be stored before, or with, any profile that was counted by it;
 * one that says how far, after the profiles that it is true of.
 */
public final class Passes {
  /** The pass of behaviours that have no past to fill in. */
  static final int NONE = 0;

  /** Stands for a behaviour that is not counted yet. */
  static final int UNBORN = -1;

  private final Ownership ownership;
  private final Map<Integer, Pass> passes = new TreeMap<>();

  /** The newest that was begun; numbers are never used again, not even of one that is forgotten. */
  private int begun = NONE;

  /**
   * What is stored of a pass and a shard.
   *
   * @param behaviours ids of those counted, sorted; none where the pass may be forgotten, unless it
   *     is the newest
   * @param since the newest position that is the pass's business
   * @param position up to which it is filled in
   * @param over whether that is all
   */
  public record Row(
      int pass, int shard, List<String> behaviours, long since, long position, boolean over) {
    public Row {
      behaviours = List.copyOf(behaviours);
    }
  }

  private static final class Pass {
    private final Set<String> behaviours = new TreeSet<>();
    private final long[] since = new long[Shards.COUNT];
    private final long[] position = new long[Shards.COUNT];
    private final long[] storedPosition = new long[Shards.COUNT];
    private boolean over;
    private boolean storedOver;
    private boolean known;

    boolean isProgressUnsaved() {
      return known
          && !behaviours.isEmpty()
          && (over != storedOver || !Arrays.equals(position, storedPosition));
    }
  }

  Passes(Ownership ownership) {
    this.ownership = ownership;
  }

  private interface ForShard {
    void of(int shard);
  }

  private void each(ForShard work) {
    for (int shard = ownership.instance(); shard < Shards.COUNT; shard += ownership.instances()) {
      work.of(shard);
    }
  }

  /** Takes up what is stored for the shards of this owner. */
  public void restore(List<Row> rows) {
    var counts = new TreeMap<Integer, Integer>();
    for (var row : rows) {
      var pass = passes.computeIfAbsent(row.pass(), number -> new Pass());
      boolean first = counts.merge(row.pass(), 1, Integer::sum) == 1;
      if (first) {
        pass.behaviours.addAll(row.behaviours());
      } else {
        pass.behaviours.retainAll(row.behaviours()); // what a crash left half done is done anew
      }
      pass.since[row.shard()] = row.since();
      pass.position[row.shard()] = row.position();
      pass.storedPosition[row.shard()] = row.position();
      pass.over = row.over() && (first || pass.over);
      pass.storedOver = pass.over;
      pass.known = true;
    }
    int[] own = {0};
    each(shard -> own[0]++);
    passes.forEach(
        (number, pass) -> {
          if (!Integer.valueOf(own[0]).equals(counts.get(number))) {
            pass.behaviours.clear(); // begun, but not everywhere: as if it never had been
            pass.known = false;
          }
        });
  }

  /** The pass of a behaviour, {@link #UNBORN} where there is none yet. */
  int of(String behaviour) {
    int newest = UNBORN;
    for (var pass : passes.entrySet()) {
      if (pass.getValue().behaviours.contains(behaviour)) {
        newest = pass.getKey();
      }
    }
    return newest;
  }

  public boolean isOver(int number) {
    var pass = passes.get(number);
    return pass == null || pass.over;
  }

  /** The numbers of all passes. */
  public List<Integer> all() {
    return passes.entrySet().stream()
        .filter(pass -> !pass.getValue().behaviours.isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The numbers of passes that are not over. */
  public List<Integer> open() {
    return passes.entrySet().stream()
        .filter(pass -> !pass.getValue().over && !pass.getValue().behaviours.isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The newest position that is the business of a pass, in a shard. */
  long since(int number, int shard) {
    var pass = passes.get(number);
    return pass == null ? 0 : pass.since[shard];
  }

  /** Up to this position there may be passes whose business an event is. */
  long newestSince() {
    long newest = 0;
    for (var pass : passes.values()) {
      for (long since : pass.since) {
        newest = Math.max(newest, since);
      }
    }
    return newest;
  }

  /**
   * Counts behaviours from here on; what lies before is to be filled in. Told twice, or when a
   * newer pass was begun, nothing happens: what is counted already would be filled in once more.
   *
   * @param applied the newest position applied, by shard
   */
  void begin(int number, Collection<String> behaviours, Map<Integer, Long> applied) {
    if (number <= newest()) {
      return;
    }
    begun = number;
    for (var pass : passes.values()) {
      pass.known &= !pass.behaviours.removeAll(behaviours);
    }
    var pass = passes.computeIfAbsent(number, first -> new Pass());
    pass.behaviours.addAll(behaviours);
    pass.known = false;
    pass.over = false;
    pass.storedOver = false;
    each(
        shard -> {
          pass.since[shard] = applied.getOrDefault(shard, 0L);
          pass.position[shard] = 0;
          pass.storedPosition[shard] = 0;
        });
  }

  /** Forgets behaviours that nobody asks about any more. */
  void keepOnly(Set<String> behaviours) {
    for (var pass : passes.values()) {
      pass.known &= !pass.behaviours.retainAll(behaviours);
    }
  }

  /** The last position to be filled in. */
  public long farthest(int number) {
    var pass = passes.get(number);
    return pass == null ? 0 : Arrays.stream(pass.since).max().orElse(0);
  }

  /** Up to where everything is filled in. */
  public long position(int number) {
    var pass = passes.get(number);
    long[] least = {Long.MAX_VALUE};
    if (pass != null) {
      each(shard -> least[0] = Math.min(least[0], pass.position[shard]));
    }
    return least[0];
  }

  public List<String> behaviours(int number) {
    var pass = passes.get(number);
    return pass == null ? List.of() : List.copyOf(pass.behaviours);
  }

  public void reached(int number, long position) {
    var pass = passes.get(number);
    if (pass != null) {
      each(shard -> pass.position[shard] = Math.max(pass.position[shard], position));
    }
  }

  /** Says that a pass is over, or after all is not. */
  public void over(int number, boolean over) {
    var pass = passes.get(number);
    if (pass != null) {
      pass.over = over;
    }
  }

  /** By shard the newest position that is the business of a pass; 0 for the shards of others. */
  public List<Long> since(int number) {
    var pass = passes.get(number);
    return pass == null ? List.of() : Arrays.stream(pass.since).boxed().toList();
  }

  /** Whether an event of the past of a profile's origin is in its counts already. */
  boolean includes(int number, Profile profile, Id128 origin, long position) {
    var through =
        profile.gaps.filled().isEmpty() ? null : profile.gaps.filled(number).through(origin);
    var pass = passes.get(number);
    if (pass == null) {
      return true;
    }
    return position <= (through == null ? pass.position[Shards.of(profile.id)] : through);
  }

  /** Notes the passes whose past a profile lacks: it had a past when they began. */
  void noteLacking(Profile profile) {
    for (int number : open()) {
      if (profile.events > 0 && profile.position <= since(number, Shards.of(profile.id))) {
        profile.gaps.lack(number);
      }
    }
    profile.gaps.lackOnly(open());
    profile.gaps.forgetFilled(this::isStoredOver);
  }

  /** Whether a pass will not be gone on with after a crash, so that its notes are not needed. */
  private boolean isStoredOver(int number) {
    var pass = passes.get(number);
    return pass == null || pass.behaviours.isEmpty() || (pass.over && pass.storedOver);
  }

  /** Says in a profile that leaves its owner how far its history is filled in. */
  void seal(Profile profile) {
    noteLacking(profile);
    var open = open();
    if (!open.isEmpty()) {
      int underWay = open.getFirst();
      long position = position(underWay, Shards.of(profile.id));
      var filled = profile.gaps.filled(underWay);
      filled.atLeast(profile.id, position);
      profile.merged.forEach(one -> filled.atLeast(one.from(), position));
    }
  }

  /** Says that all which a profile did before it began anew is in its counts. */
  void told(Profile history, Id128 begun, long at) {
    for (int number : all()) {
      if (!isStoredOver(number)) {
        history.gaps.filled(number).reached(begun, at);
      }
    }
  }

  private long position(int number, int shard) {
    var pass = passes.get(number);
    return pass == null ? 0 : pass.position[shard];
  }

  boolean isAnyNew() {
    return passes.values().stream().anyMatch(pass -> !pass.known || pass.isProgressUnsaved());
  }

  /** What must be stored before the profiles: since when, but of how far only what was stored. */
  List<Row> definitions() {
    var rows = new ArrayList<Row>();
    passes.forEach(
        (number, pass) -> {
          if (!pass.known) {
            rows(number, pass, pass.storedPosition, pass.storedOver, rows);
          }
        });
    return rows;
  }

  /** What may be stored once the profiles are: how far. */
  List<Row> progress() {
    var rows = new ArrayList<Row>();
    passes.forEach(
        (number, pass) -> {
          if (!pass.behaviours.isEmpty()
              && (pass.over != pass.storedOver
                  || !Arrays.equals(pass.position, pass.storedPosition))) {
            rows(number, pass, pass.position, pass.over, rows);
          }
        });
    return rows;
  }

  private void rows(int number, Pass pass, long[] position, boolean over, List<Row> into) {
    var behaviours = List.copyOf(pass.behaviours);
    each(
        shard ->
            into.add(new Row(number, shard, behaviours, pass.since[shard], position[shard], over)));
  }

  void savedDefinitions(List<Row> rows) {
    for (var row : rows) {
      var pass = passes.get(row.pass());
      if (pass != null && row.behaviours().equals(List.copyOf(pass.behaviours))) {
        pass.known = true;
      }
    }
    int newest = newest();
    passes
        .entrySet()
        .removeIf(
            one ->
                one.getKey() < newest
                    && one.getValue().known
                    && one.getValue().behaviours.isEmpty());
  }

  void savedProgress(List<Row> rows) {
    for (var row : rows) {
      var pass = passes.get(row.pass());
      if (pass != null) {
        pass.storedPosition[row.shard()] = row.position();
        pass.storedOver = row.over();
      }
    }
  }

  /** The number of the newest pass there ever was here. */
  public int newest() {
    return passes.keySet().stream().mapToInt(Integer::intValue).reduce(begun, Math::max);
  }
}
