package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.Covered;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Exposed;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.sim.Disk.Connection;
import io.marquetry.sim.Disk.Kind;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The decision log of a simulated installation, and a look into the caches of its deciders. */
public final class DecisionsOnDisk {
  private final Map<Object, DecisionRecord> rows = new LinkedHashMap<>();

  /** Decisioning on this disk. */
  public VerticleBase verticle(ComponentContext component, Connection connection) {
    return new DecisioningVerticle(component, vertx -> new Store(connection));
  }

  private final class Store implements DecisionStore {
    private final Connection connection;

    Store(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Future<Void> prepareDays(LocalDate today) {
      return connection.run(Kind.STATEMENT, "prepareDays", Store::nothing);
    }

    private static @Nullable Void nothing() {
      return null;
    }

    @Override
    public Future<Void> append(List<DecisionRecord> decisions) {
      return connection.run(
          Kind.STATEMENT,
          "append",
          () -> {
            decisions.forEach(decision -> rows.putIfAbsent(decision.decision(), decision));
            return nothing();
          });
    }

    @Override
    public Future<List<DecisionRecord>> query(QueryDecisions asked) {
      return connection.run(Kind.READ, "query", () -> List.copyOf(rows.values()));
    }

    @Override
    public Future<List<DecisionRecord>> find(List<Id128> decisions) {
      return connection.run(
          Kind.READ,
          "find",
          () -> decisions.stream().map(rows::get).filter(Objects::nonNull).toList());
    }

    /** No rule of a run asks how often somebody was shown something. */
    @Override
    public Future<List<Shown>> shown(
        List<String> variants, Set<String> reported, long from, long to) {
      return connection.run(Kind.READ, "shown", List::of);
    }

    /** Nobody tells of what others showed. */
    @Override
    public Future<Void> expose(Exposed exposed) {
      return connection.run(Kind.STATEMENT, "expose", Store::nothing);
    }

    @Override
    public Future<List<Exposed>> exposed(List<Id128> decisions) {
      return connection.run(Kind.READ, "exposed", List::of);
    }

    /** Nobody looks at numbers in a run. */
    @Override
    public Future<Coverage> coverage(GetCoverage asked) {
      var none = new Covered("", 0, 0);
      return connection.run(
          Kind.READ,
          "coverage",
          () -> new Coverage(0, true, none, none, List.of(), List.of(), List.of()));
    }

    /** A run does not last for days. */
    @Override
    public Future<List<String>> removeBefore(LocalDate firstKept) {
      return connection.run(Kind.STATEMENT, "removeBefore", List::of);
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
