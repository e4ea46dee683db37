package io.marquetry.segmentation;

import io.marquetry.kit.Id128;
import io.marquetry.kit.Shards;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.core.Passes;
import io.marquetry.segmentation.core.StoredProfile;
import io.marquetry.sim.Disk;
import io.marquetry.sim.Disk.Connection;
import io.marquetry.sim.Disk.Kind;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The profiles of a simulated installation, as {@link PgProfileStore} keeps them. */
public final class ProfilesOnDisk {
  private final Map<Id128, ProfileStore.Line> rows = new TreeMap<>();
  private final Map<Integer, Long> positions = new TreeMap<>();
  private final Map<Integer, Map<Integer, Passes.Row>> passes = new TreeMap<>();
  private Sabotage sabotage = Sabotage.NONE;

  /** What is wrong with it, to see whether that is found out. */
  public enum Sabotage {
    NONE,
    /** The positions are stored, the profiles are not. */
    FORGETS_PROFILES,
    /** Nothing says any more that a profile went up in another. */
    FORGETS_MERGES
  }

  public void sabotage(Sabotage chosen) {
    sabotage = chosen;
  }

  /** Segmentation on this disk. */
  public VerticleBase verticle(ComponentContext component, Connection connection) {
    return new SegmentationVerticle(component, vertx -> new Store(connection));
  }

  private final class Store implements ProfileStore {
    private final Disk.Connection connection;

    Store(Disk.Connection connection) {
      this.connection = connection;
    }

    @Override
    public Future<Map<Integer, Long>> checkpoint() {
      return connection.run(Kind.READ, "checkpoint", () -> Map.copyOf(positions));
    }

    @Override
    public Future<List<Passes.Row>> passes(List<Integer> shards) {
      return connection.run(
          Kind.READ,
          "passes",
          () ->
              passes.values().stream()
                  .flatMap(pass -> pass.values().stream())
                  .filter(row -> shards.contains(row.shard()))
                  .toList());
    }

    @Override
    public Future<Void> savePasses(List<Passes.Row> rows) {
      var written = List.copyOf(rows);
      return written.isEmpty()
          ? Future.succeededFuture()
          : connection.run(
              Kind.TRANSACTION, "savePasses " + written.size(), () -> writePasses(written));
    }

    private @Nullable Void writePasses(List<Passes.Row> rows) {
      for (var row : rows) {
        passes.computeIfAbsent(row.pass(), pass -> new TreeMap<>()).put(row.shard(), row);
      }
      passes.values().forEach(pass -> pass.values().removeIf(row -> row.behaviours().isEmpty()));
      passes.values().removeIf(Map::isEmpty);
      return null;
    }

    @Override
    public Future<Map<String, Long>> sizes(List<Integer> shards) {
      return connection.run(
          Kind.READ,
          "sizes",
          () ->
              of(shards)
                  .filter(row -> row.mergedInto() == null)
                  .collect(
                      Collectors.groupingBy(
                          row -> row.shown().segments(), TreeMap::new, Collectors.counting())));
    }

    @Override
    public Future<List<Listed>> list(
        List<Integer> shards, Id128 after, int limit, long by, long now) {
      return connection.run(
          Kind.READ,
          "list",
          () ->
              of(shards)
                  .filter(row -> row.profile().compareTo(after) > 0 && row.mergedInto() == null)
                  .limit(limit)
                  .map(row -> listed(row, by, now))
                  .toList());
    }

    private static Listed listed(Line row, long by, long now) {
      boolean current = row.shown().by() == by && row.due() > now;
      return new Listed(row.profile(), row.site(), current, row.shown());
    }

    @Override
    public Future<List<StoredProfile>> readBehind(List<Integer> shards, Id128 after, int limit) {
      return connection.run(
          Kind.READ,
          "readBehind",
          () ->
              of(shards)
                  .filter(row -> row.profile().compareTo(after) > 0)
                  .limit(limit)
                  .map(row -> stored(row, row.mergedInto() == null))
                  .toList());
    }

    private Stream<Line> of(List<Integer> shards) {
      return rows.values().stream().filter(row -> shards.contains(Shards.of(row.profile())));
    }

    @Override
    public Future<List<StoredProfile>> read(Collection<Id128> ids) {
      var wanted = List.copyOf(ids);
      return connection.run(
          Kind.READ,
          "read",
          () ->
              rows.values().stream()
                  .filter(row -> wanted.contains(row.profile()))
                  .map(row -> stored(row, true))
                  .toList());
    }

    @Override
    public Future<List<StoredProfile>> readDue(
        List<Integer> shards, Id128 after, int limit, long now) {
      return connection.run(
          Kind.READ,
          "readDue",
          () ->
              of(shards)
                  .filter(row -> row.due() != Long.MAX_VALUE && row.due() <= now)
                  .filter(row -> row.profile().compareTo(after) > 0)
                  .limit(limit)
                  .map(row -> stored(row, true))
                  .toList());
    }

    @Override
    public Future<Void> save(List<Line> lines, Map<Integer, Long> reached) {
      var written = List.copyOf(lines);
      var marks = Map.copyOf(reached);
      return connection.run(
          Kind.TRANSACTION,
          "save " + written.size() + " to " + marks.size(),
          () -> write(written, marks));
    }

    private @Nullable Void write(List<Line> lines, Map<Integer, Long> marks) {
      if (sabotage != Sabotage.FORGETS_PROFILES) {
        lines.forEach(line -> rows.put(line.profile(), kept(line)));
      }
      positions.putAll(marks);
      return null;
    }

    private Line kept(Line line) {
      return sabotage == Sabotage.FORGETS_MERGES && line.mergedInto() != null
          ? new Line(
              line.profile(),
              line.site(),
              line.shard(),
              line.position(),
              line.due(),
              null,
              line.state(),
              line.shown())
          : line;
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }

    private static StoredProfile stored(Line row, boolean whole) {
      return new StoredProfile(
          row.profile(),
          row.mergedInto(),
          row.position(),
          row.due(),
          row.shown().by(),
          whole ? Json.readOwn(row.state().getBytes()) : Map.of());
    }
  }
}
