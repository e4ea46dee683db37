package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisionLogMessage.DecisionsMade;
import io.marquetry.bus.IngestMessage.Stored;
import io.marquetry.console.core.FeedGate;
import io.marquetry.console.core.Rate;
import io.marquetry.console.core.Views;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Map;

/**
 * Shows what happens as it happens: some of it, without what is in it; the rest is counted.
 *
 * <p>Batches arrive by reference and at whatever rate the system runs; a batch costs an addition
 * beyond the few of it that are shown.
 */
final class LiveFeeds {
  static final String EVENTS = "feed.events";
  static final String DECISIONS = "feed.decisions";
  static final String STATUS = "feed.status";

  private final Bus bus;
  private final JsonDoor door;
  private final InstantSource clock;
  private final FeedGate eventGate;
  private final FeedGate decisionGate;
  private final Rate events = new Rate();
  private final Rate decisions = new Rate();

  LiveFeeds(Bus bus, JsonDoor door, InstantSource clock, int perSecond) {
    this.bus = bus;
    this.door = door;
    this.clock = clock;
    this.eventGate = new FeedGate(perSecond);
    this.decisionGate = new FeedGate(perSecond);
  }

  Future<?> start() {
    return Future.all(
        bus.on(Addresses.STORED, this::show), bus.on(Addresses.DECISIONS_MADE, this::show));
  }

  private void show(Stored stored) {
    events.add(stored.events().size());
    long now = clock.millis();
    for (var logged : stored.events()) {
      if (eventGate.admit(now)) {
        door.publish(EVENTS, Views.feedEvent(logged));
      }
    }
  }

  private void show(DecisionsMade made) {
    decisions.add(made.decisions().size());
    long now = clock.millis();
    for (var decision : made.decisions()) {
      if (decisionGate.admit(now)) {
        door.publish(DECISIONS, Views.feedDecision(decision));
      }
    }
  }

  /** A second is over. */
  void tick() {
    events.tick();
    decisions.tick();
  }

  double eventsPerSecond() {
    return events.perSecond();
  }

  double decisionsPerSecond() {
    return decisions.perSecond();
  }

  /** What was shown and what was only counted, since the start. */
  Map<String, Object> counts() {
    return Map.of("events", counts(eventGate), "decisions", counts(decisionGate));
  }

  private static Map<String, Object> counts(FeedGate gate) {
    return Map.of("shown", gate.shown(), "passedOver", gate.passedOver());
  }
}
