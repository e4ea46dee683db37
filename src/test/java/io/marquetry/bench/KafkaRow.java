package io.marquetry.bench;

import io.marquetry.testkit.KafkaBroker;
import java.util.List;
import java.util.Map;

/**
 * Taking in events with the log on Kafka, held against the same server with its log in PostgreSQL.
 *
 * <p>CPU time is that of our processes, the server and its PostgreSQL. The broker is not among
 * them: it runs beside the load generator, which costs the rate but not the figure.
 */
final class KafkaRow {
  private static final double GOAL = 1.2;
  private static final String LOGGED = "select count(*) from message_seen";

  private final Rig rig;

  KafkaRow(Rig rig) {
    this.rig = rig;
  }

  Row measure() {
    var data = rig.withCluster("kafka");
    var broker =
        KafkaBroker.start(
            rig.directory().resolve("broker"), Cores.on(rig.cores().load(), List.of()));
    var settings =
        Map.of("MARQUETRY_LOG_BACKEND", "kafka", "MARQUETRY_KAFKA_BOOTSTRAP", broker.bootstrap());
    try (broker;
        var server = MeasuredServer.start(rig.cores().server(), data, false, settings)) {
      return measure(server);
    } finally {
      Rig.delete(data);
    }
  }

  private Row measure(MeasuredServer server) {
    var key = server.defineShop();
    var requests = new Requests(key, Rig.VISITORS);
    var warm =
        new Target(rig, "warm-up", server.port(), server.tree(), requests.single("/v1/t", "w"), "");
    warm.warmUp(rig.plan().firstWarmUp());
    var ours =
        new Target(rig, "kafka", server.port(), server.tree(), requests.single("/v1/t", "k"), "");
    rig.server();
    var theirs = rig.ours("postgres", rig.requests().single("/v1/t", "p"), "");
    long before = server.count(LOGGED);
    var pair = Target.inTurns(rig.plan(), ours, theirs);
    long logged = server.count(LOGGED) - before;
    var row =
        new Row("kafka", "<= 1.2x PostgreSQL's CPU")
            .ours("%.1f us CPU an event", Sample.best(pair.ours()))
            .ceiling("log in PostgreSQL %.1f us", Sample.best(pair.ceiling()))
            .ratio(pair.ratio())
            .foreign(pair.foreign())
            .holds(pair.ratio() <= GOAL)
            .note(
                "%,.0f events/s, in PostgreSQL %,.0f; answered p50 %.2f ms, p99 %.2f ms",
                Sample.median(pair.ours(), Sample::perSecond),
                Sample.median(pair.ceiling(), Sample::perSecond),
                Sample.median(pair.ours(), each -> each.outcome().time("latency").p50()),
                Sample.median(pair.ours(), each -> each.outcome().time("latency").p99()))
            .note("the broker runs beside the load and is not counted; segments go out too")
            .figure("cpuMicros", Sample.all(pair.ours(), Sample::cpuMicros))
            .figure("ceilingCpuMicros", Sample.all(pair.ceiling(), Sample::cpuMicros));
    return ours.ledger().check(pair.fault().isEmpty() ? row : row.failed(pair.fault()), logged);
  }
}
