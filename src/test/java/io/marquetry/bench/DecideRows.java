package io.marquetry.bench;

import io.marquetry.bench.Sample.Pair;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Deciding what visitors see, and showing it to them. */
final class DecideRows {
  private static final String LOGGED =
      "select coalesce(sum(cardinality(decisions)), 0) from decision_batch";
  private static final String SHOWN = "data-mq-variant";
  private static final double P99_MILLIS = 3;
  private static final int LOG_SECONDS = 10;

  private final Rig rig;

  DecideRows(Rig rig) {
    this.rig = rig;
  }

  /** Pages of our own, with a decision for each that is logged. */
  Row page() {
    var server = rig.server();
    var row = new Row("page.own", "<= 20 us, 2.5x bare, nginx; p99 <= 3 ms");
    long before = server.count(LOGGED);
    var page = server.get(ShopCatalogue.PATH, rig.cookies().getFirst());
    int shown = page.split(SHOWN, -1).length - 1;
    if (shown != ShopCatalogue.SHOWN) {
      return row.failed(shown + " of 6 components shown: " + page);
    }
    var ours = rig.ours("page", Requests.page(ShopCatalogue.PATH, rig.cookies()), SHOWN);
    var bare = rig.ceiling("six", Requests.page("/six", rig.cookies()));
    var pair = Target.inTurns(rig.plan(), ours, bare);
    report(row, pair, "bare six fragments");
    row.holds(Sample.best(pair.ours()) <= 20 && pair.ratio() <= 2.5)
        .note("a page has %,d bytes, the bare one %,d", page.length(), BareServer.PAGE_BYTES);
    latency(row, ours, pair);
    Peer.beside(row, rig, ours, NginxSsi::start, 1);
    return logged(row, server, before, ours.ledger().acknowledged() + 1);
  }

  /** Decisions for others to show. */
  Row decide() {
    var server = rig.server();
    var row = new Row("decide.http", "<= 30 us, 0.1x Unleash; p99 <= 3 ms");
    long before = server.count(LOGGED);
    var requests = rig.requests();
    var ours = rig.ours("decide", requests.decide("/v1/decide"), "\"variant\":\"v");
    var bare = rig.ceiling("json", requests.decide("/json"));
    var pair = Target.inTurns(rig.plan(), ours, bare);
    report(row, pair, "bare JSON in and out");
    row.holds(Sample.best(pair.ours()) <= 30);
    latency(row, ours, pair);
    Peer.beside(row, rig, ours, Unleash::start, 0.1);
    return logged(row, server, before, ours.ledger().acknowledged());
  }

  static void report(Row row, Pair pair, String ceiling) {
    row.ours("%.1f us CPU", Sample.best(pair.ours()))
        .ceiling("%s %.1f us", ceiling, Sample.best(pair.ceiling()))
        .ratio(pair.ratio())
        .foreign(pair.foreign())
        .note(
            "%,.0f/s, bare %,.0f/s",
            Sample.median(pair.ours(), Sample::perSecond),
            Sample.median(pair.ceiling(), Sample::perSecond))
        .figure("cpuMicros", Sample.all(pair.ours(), Sample::cpuMicros))
        .figure("perSecond", Sample.all(pair.ours(), Sample::perSecond))
        .figure("ceilingCpuMicros", Sample.all(pair.ceiling(), Sample::cpuMicros))
        .figure("ceilingPerSecond", Sample.all(pair.ceiling(), Sample::perSecond));
    if (!pair.fault().isEmpty()) {
      row.failed(pair.fault());
    }
  }

  private void latency(Row row, Target target, Pair pair) {
    double rate = Sample.median(pair.ours(), Sample::perSecond) / 2;
    target.settle(rate);
    var outcome = target.open(rate, rig.plan().openSeconds());
    var time = outcome.time("latency");
    row.note("at %,.0f/s: p50 %.2f ms, p99 %.2f ms", rate, time.p50(), time.p99())
        .holds(time.p99() <= P99_MILLIS)
        .figure("latency", time);
    if (!outcome.clean()) {
      row.failed(Sample.fault(outcome));
    }
  }

  /** Decisions reach the log a little later than the visitor. */
  private static Row logged(Row row, MeasuredServer server, long before, long answered) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOG_SECONDS);
    long logged = server.count(LOGGED) - before;
    while (logged < answered && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      logged = server.count(LOGGED) - before;
    }
    return row.note("%,d answered, %,d decisions in the log", answered, logged)
        .figure("answered", answered)
        .figure("logged", logged)
        .holds(logged >= answered);
  }
}
