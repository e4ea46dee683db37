package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.RandomConditions.GRID;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Behaviours that are defined when much has happened already come to what they would be had they
 * always been there, and everybody to what they would be had they never been joined and split: with
 * events, joins and splits going on between any two steps of filling in and of telling, flushes,
 * and crashes in the middle of all of it.
 */
class FillTest {
  private static final int ROUNDS = 500;
  private static final int STEPS = 60;
  private static final int DEVICES = 5;

  private static Catalogue catalogue(List<Map<String, Map<String, Object>>> parts) {
    var definitions = new ArrayList<Definition>();
    for (int i = 0; i < parts.size(); i++) {
      int part = i;
      parts
          .get(i)
          .forEach(
              (key, condition) ->
                  definitions.add(
                      new Definition(
                          Kind.SEGMENT, "p" + part + key, 1, Map.of("condition", condition))));
    }
    return Visits.catalogue(definitions);
  }

  /** Segments of which none builds on another, since parts come and go. */
  private static Map<String, Map<String, Object>> part(Random random) {
    var conditions = new RandomConditions(random);
    var all = conditions.segments(1 + random.nextInt(3));
    all.values().removeIf(condition -> condition.toString().contains("$inSegment"));
    return all;
  }

  private static void happen(FilledWorld world, RandomConditions conditions) {
    var random = world.random;
    var name = conditions.event();
    var type = name.equals("page") ? EventType.PAGE : EventType.TRACK;
    long at = world.now - random.nextInt(random.nextInt(4) == 0 ? 40 : 3) * GRID;
    var properties = Visits.json("{'properties':" + conditions.properties() + "}");
    var device = new Id128(3, random.nextInt(DEVICES));
    var same = random.nextInt(12) == 0 ? new Id128(3, random.nextInt(DEVICES)) : null;
    world.happen(Visits.event(type, name, at, properties), device, same);
  }

  private static Event order(long at) {
    var event = Visits.event(EventType.ALIAS, "$split", at, Map.of());
    return new Event(
        event.message(),
        event.messageId(),
        event.site(),
        event.type(),
        event.name(),
        event.subject(),
        event.at(),
        event.receivedAt(),
        event.fields(),
        List.of("order"));
  }

  @Test
  void segments_definedWhileMuchGoesOn_areThoseOfAFreshFold() {
    long first = Long.getLong("marquetry.seed", 0);
    long rounds = Long.getLong("marquetry.seeds", ROUNDS);
    int filled = 0;
    for (long seed = first; seed < first + rounds; seed++) {
      filled += live(seed);
    }
    assertThat(filled).isGreaterThan(0);
  }

  /** How many steps of filling in there were. */
  private static int live(long seed) {
    var random = new Random(seed);
    var world = new FilledWorld(random);
    var conditions = new RandomConditions(random);
    var parts = new ArrayList<>(List.of(part(random)));
    world.define(catalogue(parts));
    int filled = 0;
    for (int i = 0; i < STEPS; i++) {
      int kind = random.nextInt(20);
      if (kind < 4) {
        filled += world.fillIn() ? 1 : 0;
      } else {
        step(kind, world, conditions, parts);
      }
    }
    while (world.deliver() | world.fillIn() | world.tell()) {}
    world.passTime();
    assertThat(world.memberships())
        .as("seed %d", seed)
        .isEqualTo(world.afresh(catalogue(parts)).memberships());
    assertThat(world.wrongUnits()).as("seed %d", seed).isEmpty();
    return filled;
  }

  private static void step(
      int kind,
      FilledWorld world,
      RandomConditions conditions,
      List<Map<String, Map<String, Object>>> parts) {
    var random = world.random;
    switch (kind) {
      case 4 -> {
        parts.add(part(random));
        world.define(catalogue(parts));
      }
      case 5 -> {
        if (random.nextBoolean()) {
          parts.set(random.nextInt(parts.size()), random.nextBoolean() ? Map.of() : part(random));
          world.define(catalogue(parts));
        }
      }
      case 6 -> world.flush(false);
      case 7 -> {
        world.flush(random.nextBoolean());
        world.boot();
      }
      case 8, 9, 10 -> happen(world, conditions);
      case 11 -> world.now += random.nextInt(10) * GRID;
      case 12 -> world.part(order(world.now));
      case 13 -> world.tell();
      default -> {
        happen(world, conditions);
        world.deliver();
      }
    }
  }
}
