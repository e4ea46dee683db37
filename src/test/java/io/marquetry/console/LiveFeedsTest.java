package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.DecisionsMade;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Stored;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.kit.Id128;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveFeedsTest {
  private static final Id128 DEVICE = Id128.parse("0123456789abcdef0123456789abcdef");

  private final Vertx vertx = Vertx.vertx();
  private final InstantSource clock = InstantSource.fixed(Instant.EPOCH);
  private LiveFeeds feeds;
  private Bus bus;

  @BeforeEach
  void start() {
    Bus.install(vertx);
    bus = Bus.of(vertx);
    feeds = new LiveFeeds(bus, new JsonDoor(vertx), clock, 3);
    await(feeds.start());
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static Logged event(int position) {
    return new Logged(
        position,
        new Event(
            new Id128(0, position),
            "m" + position,
            "demo",
            EventType.TRACK,
            "Order Completed",
            new Subject(DEVICE, null, null, null, "secret-device", "ann@example.test"),
            1_000,
            2_000,
            Map.of("traits", Map.of("email", "ann@example.test")),
            List.of()));
  }

  @Test
  void stored_more_thanShown_areCountedAndNothingPersonalLeaves() {
    var heard = Collections.synchronizedList(new ArrayList<JsonObject>());
    var third = Promise.<Void>promise();
    await(
        vertx
            .eventBus()
            .<JsonObject>consumer(
                LiveFeeds.EVENTS,
                message -> {
                  heard.add(message.body());
                  if (heard.size() == 3) {
                    third.complete();
                  }
                })
            .completion());
    bus.publish(
        Addresses.STORED,
        new Stored(IntStream.range(0, 10).mapToObj(LiveFeedsTest::event).toList()));
    await(third.future());

    assertThat(heard.getFirst().getMap())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "at", "1970-01-01T00:00:01Z",
                "site", "demo",
                "type", "track",
                "name", "Order Completed",
                "visitor", "01234567",
                "position", 0));
    assertThat(feeds.counts()).containsEntry("events", Map.of("shown", 3L, "passedOver", 7L));
    feeds.tick();
    assertThat(feeds.eventsPerSecond()).isEqualTo(10);
  }

  @Test
  void decided_shown_tellsWhatButNotWhy() {
    var heard = Promise.<JsonObject>promise();
    await(
        vertx
            .eventBus()
            .<JsonObject>consumer(LiveFeeds.DECISIONS, message -> heard.complete(message.body()))
            .completion());
    var decision =
        new DecisionRecord(
            new Id128(1, 1),
            1_000,
            "demo",
            Mode.HOLDOUT,
            null,
            "home",
            List.of(new Choice("hero", null, "none", List.of(), 0, 1, -1)),
            Map.of("traits.email", "ann@example.test"),
            0,
            "v",
            250);
    bus.publish(Addresses.DECISIONS_MADE, new DecisionsMade(List.of(decision)));
    assertThat(await(heard.future()).encode())
        .contains("\"mode\":\"holdout\"")
        .contains("\"visitor\":null")
        .contains("\"variant\":null")
        .contains("\"millis\":0.25")
        .doesNotContain("ann@example.test");
  }
}
