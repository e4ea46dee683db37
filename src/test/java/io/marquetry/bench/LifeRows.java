package io.marquetry.bench;

import io.marquetry.bench.Order.Stream;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What is neither events nor decisions: starting, being idle, and taking consent back. */
final class LifeRows {
  private static final double MEGABYTE = 1024.0 * 1024;
  private static final int IDLE_SECONDS = 5;
  private static final double WITHDRAWALS_PER_SECOND = 50;
  private static final int WITHDRAWAL_CONNECTIONS = 8;

  private final Rig rig;

  LifeRows(Rig rig) {
    this.rig = rig;
  }

  /** As users do it: nothing pinned, the demo site included. */
  Row start() {
    var row = new Row("start", "ready <= 6 s, idle <= 400 MB");
    var data = rig.directory().resolve("start");
    var foreign = Foreign.begin();
    double first;
    double cpu;
    try (var server = MeasuredServer.start("", data, true, unrecorded())) {
      first = server.readySeconds();
      cpu = server.readyCpuSeconds();
    }
    try (var server = MeasuredServer.start("", data, true, unrecorded())) {
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(IDLE_SECONDS));
      double resident = server.tree().residentBytes() / MEGABYTE;
      double proportional = server.tree().proportionalBytes() / MEGABYTE;
      row.ours("%.1f s, %.0f MB", first, resident)
          .foreign(foreign.cores())
          .holds(first <= 6 && resident <= 400)
          .note("first start with making the database; a later one %.1f s", server.readySeconds())
          .note(
              "resident memory of all processes after %d s idle; %.0f MB with shared pages once",
              IDLE_SECONDS, proportional)
          .figure("firstSeconds", first)
          .figure("laterSeconds", server.readySeconds())
          .figure("firstCpuSeconds", cpu)
          .figure("laterCpuSeconds", server.readyCpuSeconds())
          .figure("residentMegabytes", resident)
          .figure("proportionalMegabytes", proportional);
    } finally {
      Rig.delete(data);
    }
    return row;
  }

  /** Without a recorder, which takes memory itself. */
  private static Map<String, String> unrecorded() {
    return Map.of("MARQUETRY_JAVA_OPTS", System.getenv().getOrDefault("BENCH_JAVA_OPTS", ""));
  }

  /** Visitors withdraw while events of others come in. */
  Row consent() {
    double rate = rig.capacity() / 2;
    var requests = rig.requests();
    var row = new Row("consent", "p50 <= 2 ms, p99 <= 5 ms");
    var withdrawals =
        Stream.open(
                "withdrawals",
                WITHDRAWAL_CONNECTIONS,
                Math.min(WITHDRAWALS_PER_SECOND, rate / 10),
                0,
                requests.withdrawal())
            .withFigure("millis");
    var foreign = Foreign.begin();
    var target = rig.ours("background", requests.single("/v1/t", "k"), "");
    target.settle(rate);
    var result = target.send(rig.plan().openSeconds(), target.stream(rate), withdrawals);
    var outcome = result.stream("withdrawals");
    var millis = outcome.time("figure");
    var whole = outcome.time("latency");
    row.ours("p50 %.2f, p99 %.2f ms", millis.p50(), millis.p99())
        .ceiling("asked to answered: p50 %.2f, p99 %.2f ms", whole.p50(), whole.p99())
        .foreign(foreign.cores())
        .holds(millis.p50() <= 2 && millis.p99() <= 5)
        .note(
            "accepted until the last component confirmed, as the answer says; %d withdrawals",
            millis.count())
        .note("beside %,.0f events/s of others", rate)
        .figure("propagation", millis)
        .figure("roundTrip", whole)
        .figure("eventsPerSecond", rate);
    var fault = Sample.fault(outcome) + Sample.fault(result.stream("background"));
    return fault.isEmpty() ? row : row.failed(fault);
  }
}
