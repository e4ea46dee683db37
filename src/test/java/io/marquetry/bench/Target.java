package io.marquetry.bench;

import io.marquetry.bench.Order.Outcome;
import io.marquetry.bench.Order.Result;
import io.marquetry.bench.Order.Stream;
import io.marquetry.bench.Sample.Pair;
import java.util.ArrayList;
import java.util.List;

/**
 * A kind of request to one server, sent again and again; no two of its requests are the same.
 *
 * <p>Keeps a ledger of what was answered, so that it can be held against what was stored.
 */
final class Target {
  static final int CONNECTIONS = 32;
  private static final int OPEN_CONNECTIONS = 128;

  private final Rig rig;
  private final String name;
  private final int port;
  private final ProcessTree tree;
  private final RequestText request;
  private final String needle;
  private final Ledger ledger = new Ledger();
  private long next;

  /**
   * @param needle what every answer must hold; empty for nothing
   */
  Target(Rig rig, String name, int port, ProcessTree tree, RequestText request, String needle) {
    this.rig = rig;
    this.name = name;
    this.port = port;
    this.tree = tree;
    this.request = request;
    this.needle = needle;
  }

  /** What was sent in all; units are events. */
  Ledger ledger() {
    return ledger;
  }

  /**
   * Runs it until the server has used this much CPU time, which on a busy machine takes longer, but
   * no longer than three times that.
   */
  void warmUp(double cpuSeconds) {
    long deadline = System.nanoTime() + (long) (3 * cpuSeconds * 1e9);
    double enough = tree.cpuSeconds() + cpuSeconds;
    while (tree.cpuSeconds() < enough && System.nanoTime() < deadline) {
      run(Math.min(cpuSeconds, 2));
    }
  }

  /** As many requests as it can take; units of work are events. */
  Sample run(double seconds) {
    var foreign = Foreign.begin();
    double before = tree.cpuSeconds();
    var outcome =
        send(seconds, Stream.closed(name, CONNECTIONS, next, request).withNeedle(needle)).only();
    double cpu = tree.cpuSeconds() - before;
    double units = (double) Math.max(1, outcome.answered()) * request.events();
    return new Sample(
        cpu * 1e6 / units, outcome.perSecond() * request.events(), foreign.cores(), outcome);
  }

  /** Brings what it asks to the pace of a given rate. */
  void settle(double rate) {
    open(rate, rig.plan().settleSeconds());
  }

  /** Requests at a given rate. */
  Outcome open(double rate, double seconds) {
    return send(seconds, stream(rate)).only();
  }

  /** A stream at a given rate, to be sent with {@link #send}. */
  Stream stream(double rate) {
    return Stream.open(name, OPEN_CONNECTIONS, rate, next, request).withNeedle(needle);
  }

  /** Sends a stream of this target, and others beside it. */
  Result send(double seconds, Stream own, Stream... others) {
    var streams = new ArrayList<>(List.of(own));
    streams.addAll(List.of(others));
    var result = rig.drive(new Order(port, seconds, streams));
    var outcome = result.stream(name);
    next += outcome.answered() + outcome.bad();
    ledger.add(outcome, request.events());
    return result;
  }

  /** Ours and the ceiling in turns, so that what the machine does meanwhile meets both. */
  static Pair inTurns(Plan plan, Target ours, Target ceiling) {
    ours.warmUp(plan.warmUp());
    ceiling.warmUp(plan.warmUp());
    return repeated(plan, ours, ceiling);
  }

  /** The same where both are warm. */
  static Pair repeated(Plan plan, Target ours, Target ceiling) {
    var our = new ArrayList<Sample>();
    var their = new ArrayList<Sample>();
    for (int i = 0; i < plan.repetitions(); i++) {
      Foreign.awaitQuiet(plan.patience());
      our.add(ours.run(plan.seconds()));
      their.add(ceiling.run(plan.seconds()));
    }
    return new Pair(our, their);
  }
}
