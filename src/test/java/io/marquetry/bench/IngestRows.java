package io.marquetry.bench;

import io.marquetry.bench.Order.Stream;
import io.marquetry.bench.Sample.Pair;

/** Taking in events: durable, counted once, applied to profiles and segments, then answered. */
final class IngestRows {
  private static final String LOGGED = "select count(*) from event_log";
  private static final double SIGNALS_PER_SECOND = 100;
  private static final int SIGNAL_CONNECTIONS = 8;

  private final Rig rig;

  IngestRows(Rig rig) {
    this.rig = rig;
  }

  Row single() {
    var server = rig.server();
    var requests = rig.requests();
    var row = new Row("ingest.single", "<= 30 us CPU an event");
    var ours = rig.ours("single", requests.single("/v1/t", "s"), "");
    var bare = rig.ceiling("bare", requests.single("/durable", "s"));
    long before = server.count(LOGGED);
    var pair = Target.inTurns(rig.plan(), ours, bare);
    rig.capacity(Sample.median(pair.ours(), Sample::perSecond));
    return report(row, pair, 30, server.count(LOGGED) - before, ours.ledger());
  }

  Row batch() {
    var server = rig.server();
    var requests = rig.requests();
    var row = new Row("ingest.batch", "<= 10 us CPU an event, fastify");
    var ours = rig.ours("batch", requests.batch("/v1/batch", "b"), "");
    var bare = rig.ceiling("bare", requests.batch("/durable", "b"));
    long before = server.count(LOGGED);
    var pair = Target.inTurns(rig.plan(), ours, bare);
    Peer.beside(row, rig, ours, FastifyCollector::start, 1);
    return report(row, pair, 10, server.count(LOGGED) - before, ours.ledger());
  }

  private static Row report(Row row, Pair pair, double goal, long logged, Ledger ledger) {
    double best = Sample.best(pair.ours());
    row.ours("%.1f us CPU an event", best)
        .ceiling("bare Vert.x + commit %.1f us", Sample.best(pair.ceiling()))
        .ratio(pair.ratio())
        .foreign(pair.foreign())
        .holds(best <= goal)
        .note(
            "%,.0f events/s, bare %,.0f; answered p50 %.2f ms, p99 %.2f ms with %d connections",
            Sample.median(pair.ours(), Sample::perSecond),
            Sample.median(pair.ceiling(), Sample::perSecond),
            Sample.median(pair.ours(), each -> each.outcome().time("latency").p50()),
            Sample.median(pair.ours(), each -> each.outcome().time("latency").p99()),
            Target.CONNECTIONS)
        .figure("cpuMicros", Sample.all(pair.ours(), Sample::cpuMicros))
        .figure("perSecond", Sample.all(pair.ours(), Sample::perSecond))
        .figure("ceilingCpuMicros", Sample.all(pair.ceiling(), Sample::cpuMicros))
        .figure("ceilingPerSecond", Sample.all(pair.ceiling(), Sample::perSecond));
    return ledger.check(pair.fault().isEmpty() ? row : row.failed(pair.fault()), logged);
  }

  Row latency() {
    double rate = rig.capacity() / 2;
    double seconds = rig.plan().openSeconds();
    var requests = rig.requests();
    var row = new Row("ingest.latency", "p50 <= 3 ms, p99 <= 15 ms");
    var foreign = Foreign.begin();
    var target = rig.ours("latency", requests.single("/v1/t", "l"), "");
    target.settle(rate);
    var ours = target.open(rate, seconds);
    var bare = rig.ceiling("bare", requests.single("/durable", "l"));
    bare.warmUp(rig.plan().warmUp());
    var their = bare.open(rate, seconds);
    var time = ours.time("latency");
    var ceiling = their.time("latency");
    row.ours("p50 %.2f, p99 %.2f ms", time.p50(), time.p99())
        .ceiling("bare p50 %.2f, p99 %.2f ms", ceiling.p50(), ceiling.p99())
        .ratio(time.p50() / ceiling.p50())
        .foreign(foreign.cores())
        .holds(time.p50() <= 3 && time.p99() <= 15)
        .note("%,.0f events/s at random times, both; worst %.1f ms", rate, time.max())
        .figure("latency", time)
        .figure("ceilingLatency", ceiling)
        .figure("eventsPerSecond", rate);
    var fault = Sample.fault(ours) + Sample.fault(their);
    return fault.isEmpty() ? row : row.failed(fault);
  }

  /**
   * From when a newcomer's event is sent, which is before it is accepted, to when the answer to a
   * decision shows the variant for a segment that the event put them in.
   */
  Row freshness() {
    double rate = rig.capacity() / 2;
    var requests = rig.requests();
    var row = new Row("freshness", "p50 <= 3 ms, p99 <= 15 ms");
    var signals =
        Stream.open(
                "signals",
                SIGNAL_CONNECTIONS,
                Math.min(SIGNALS_PER_SECOND, rate / 10),
                0,
                requests.signal())
            .withThen(requests.signalled(), ShopCatalogue.SIGNAL_ON);
    var foreign = Foreign.begin();
    var target = rig.ours("background", requests.single("/v1/t", "g"), "");
    target.settle(rate);
    var result = target.send(rig.plan().openSeconds(), target.stream(rate), signals);
    var outcome = result.stream("signals");
    var shown = outcome.time("shown");
    var after = outcome.time("after");
    row.ours("p50 %.2f, p99 %.2f ms", shown.p50(), shown.p99())
        .ceiling("sent to acknowledged: p50 %.2f ms", outcome.time("latency").p50())
        .ratio(shown.p50() / outcome.time("latency").p50())
        .foreign(foreign.cores())
        .holds(shown.p50() <= 3 && shown.p99() <= 15)
        .note(
            "from sending the event; from its acknowledgement to the decision p50 %.2f, p99 %.2f"
                + " ms",
            after.p50(), after.p99())
        .note("%d newcomers beside %,.0f events/s of others", shown.count(), rate)
        .figure("sentToShown", shown)
        .figure("acknowledgedToShown", after)
        .figure("eventsPerSecond", rate);
    var fault = Sample.fault(outcome) + Sample.fault(result.stream("background"));
    return fault.isEmpty() ? row : row.failed(fault);
  }
}
