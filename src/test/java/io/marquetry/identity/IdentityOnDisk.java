package io.marquetry.identity;

import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.identity.core.Change;
import io.marquetry.identity.core.Change.Parted;
import io.marquetry.identity.core.IdentityGraph;
import io.marquetry.identity.core.Limits;
import io.marquetry.identity.core.LinkRule;
import io.marquetry.identity.core.LinkRule.Linking;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.sim.Disk.Connection;
import io.marquetry.sim.Disk.Kind;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The identity journal of a simulated installation, as {@link PgIdentityStore} keeps it. */
public final class IdentityOnDisk {
  /** By position and ordinal, as the table's primary key has it. */
  private final TreeMap<Long, TreeMap<Integer, Change>> journal = new TreeMap<>();

  private final TreeSet<Long> rebuilt = new TreeSet<>();
  private long checkpoint;
  private long orders;
  private Sabotage sabotage = Sabotage.NONE;

  /** What is wrong with it, to see whether that is found out. */
  public enum Sabotage {
    NONE,
    /** What was split is whole again after a restart. */
    FORGETS_SPLITS
  }

  public void sabotage(Sabotage chosen) {
    sabotage = chosen;
  }

  /** Identity on this disk. */
  public VerticleBase verticle(ComponentContext component, Connection connection) {
    return new IdentityVerticle(
        component, vertx -> new Store(connection), () -> new UUID(0, ++orders));
  }

  /** Whether both sides of every split have their histories back. */
  public boolean isRebuilt(Refold refold) {
    return refold.graph().partings().stream()
        .allMatch(parting -> rebuilt.contains(parting.position()));
  }

  /** What a log comes to when it is linked from its beginning, without a fault on the way. */
  public static final class Refold {
    private final IdentityGraph graph = new IdentityGraph();
    private final LinkRule rule = new LinkRule(graph, Limits.DEFAULT);

    /** Links the next event of the log. */
    public Linking link(Logged logged) {
      return rule.link(logged.position(), logged.event());
    }

    /** Who has now what happened in an event that was linked. */
    public Id128 holder(Logged logged) {
      return rule.whose(logged.position(), logged.event(), IdentityGraph.NOW).holder();
    }

    public IdentityGraph graph() {
      return graph;
    }
  }

  private final class Store implements IdentityStore {
    private final Connection connection;

    Store(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Future<Long> load(IdentityGraph graph) {
      return connection
          .run(
              Kind.READ,
              "journal",
              () -> journal.values().stream().flatMap(all -> all.values().stream()).toList())
          .compose(
              changes -> {
                changes.forEach(graph::apply);
                return connection.run(Kind.READ, "checkpoint", () -> checkpoint);
              });
    }

    @Override
    public Future<Void> store(List<Change> changes, long position) {
      var written = new ArrayList<>(changes);
      return connection.run(
          Kind.STATEMENT,
          "store " + written.size() + " to " + position,
          () -> write(written, position));
    }

    private @Nullable Void write(List<Change> changes, long position) {
      int ordinal = 0;
      long last = -1;
      for (var change : changes) {
        ordinal = change.position() == last ? ordinal + 1 : 0;
        last = change.position();
        if (sabotage == Sabotage.FORGETS_SPLITS && change instanceof Parted) {
          continue;
        }
        journal
            .computeIfAbsent(last, at -> new TreeMap<>())
            .putIfAbsent(ordinal, change); // on conflict do nothing
      }
      checkpoint = position;
      return null;
    }

    @Override
    public Future<Set<Long>> rebuilt() {
      return connection.run(Kind.READ, "rebuilt splits", () -> Set.copyOf(rebuilt));
    }

    @Override
    public Future<Void> rebuilt(long position) {
      return connection.run(
          Kind.STATEMENT, "split at " + position + " rebuilt", () -> add(position));
    }

    private @Nullable Void add(long position) {
      rebuilt.add(position);
      return null;
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
