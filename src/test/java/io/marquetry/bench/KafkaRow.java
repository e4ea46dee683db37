package io.marquetry.bench;

import io.marquetry.testkit.KafkaBroker;
import java.util.List;
import java.util.Map;

/**
 * Taking in events with the log on Kafka, held against another server, as warm as this one, with
 * its log in PostgreSQL.
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
    var onKafka = rig.withCluster("kafka");
    var inPostgres = rig.withCluster("postgres");
    var broker =
        KafkaBroker.start(
            rig.directory().resolve("broker"), Cores.on(rig.cores().load(), List.of()));
    var settings =
        Map.of("MARQUETRY_LOG_BACKEND", "kafka", "MARQUETRY_KAFKA_BOOTSTRAP", broker.bootstrap());
    try (broker;
        var ours = MeasuredServer.start(rig.cores().server(), onKafka, false, settings);
        var theirs = MeasuredServer.start(rig.cores().server(), inPostgres, false)) {
      return measure(ours, target(ours, "kafka"), target(theirs, "postgres"));
    } finally {
      Rig.delete(onKafka);
      Rig.delete(inPostgres);
    }
  }

  private Target target(MeasuredServer server, String name) {
    var requests = new Requests(server.defineShop(), Rig.VISITORS);
    var single = requests.single("/v1/t", name.substring(0, 1));
    var target = new Target(rig, name, server.port(), server.tree(), single, "");
    target.warmUp(rig.plan().scaleWarmUp());
    return target;
  }

  private Row measure(MeasuredServer server, Target ours, Target theirs) {
    var pair = Target.inTurns(rig.plan(), ours, theirs);
    long logged = server.count(LOGGED);
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
