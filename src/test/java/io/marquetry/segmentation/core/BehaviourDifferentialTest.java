package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.RandomConditions.GRID;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The engine, which keeps a bounded trail of each behaviour, against {@link NaiveVisitor}, who
 * keeps every event: thousands of plans and histories with late events, shared moments, windows met
 * at their edges, merges and restarts, compared at every step.
 */
class BehaviourDifferentialTest {
  private static final int ROUNDS = 2_000;
  private static final int STEPS = 24;

  /** One plan and what happens under it. */
  private static final class Life {
    private final long seed;
    private final Random random;
    private final RandomConditions conditions;
    private final Map<String, Map<String, Object>> segments;
    private final SegmentEngine engine;
    private final NaiveVisitor naive;
    private Profile profile = Visits.profile();
    private long now = NOON;

    Life(long seed) {
      this.seed = seed;
      random = new Random(seed);
      conditions = new RandomConditions(random);
      segments = conditions.segments(1 + random.nextInt(6));
      engine = new SegmentEngine(plan(), TIMEOUT, Visits.DEVICES);
      naive = new NaiveVisitor(segments, TIMEOUT);
    }

    private SegmentPlan plan() {
      var definitions =
          segments.entrySet().stream()
              .map(
                  one ->
                      new Definition(
                          Kind.SEGMENT, one.getKey(), 1, Map.of("condition", one.getValue())))
              .toList();
      var plan = PlanCompiler.compile(Visits.catalogue(definitions));
      assertThat(plan.faults()).as("seed %d", seed).isEmpty();
      return plan;
    }

    /** Mostly on the grid, mostly recent, sometimes late and sometimes a little ahead. */
    Event event() {
      long at = now - random.nextInt(random.nextInt(4) == 0 ? 40 : 3) * GRID;
      at += random.nextInt(8) == 0 ? GRID : 0;
      at += random.nextInt(6) == 0 ? random.nextInt(3) - 1 : 0;
      var name = conditions.event();
      var type = name.equals("page") ? EventType.PAGE : EventType.TRACK;
      return Visits.event(
          type, name, at, Visits.json("{'properties':" + conditions.properties() + "}"));
    }

    void expireUntil(long moment) {
      while (profile.due <= moment) {
        now = Math.max(now, profile.due);
        engine.expire(profile, profile.due);
        compare("expired");
      }
      now = moment;
    }

    void apply(Event event) {
      naive.events.add(event);
      engine.apply(profile, event, now);
      compare("applied");
    }

    /** Another profile of the same person, with a history of its own, goes up in this one. */
    void merge() {
      var other = new Profile(new Id128(8, 64), "demo");
      for (int i = random.nextInt(6); i >= 0; i--) {
        var event = event();
        naive.events.add(event);
        engine.apply(other, event, now);
      }
      engine.absorb(profile, other);
      engine.align(profile, now);
      compare("merged");
    }

    void restart() throws IOException {
      var id = profile.id;
      profile = ProfileState.read(id, Json.readOwn(Json.write(ProfileState.write(profile))));
      profile.asleep = true;
      now += random.nextInt(40) * GRID;
      assertThat(engine.foresight().now(profile, now).keys()).isEqualTo(naive.memberships(now));
      engine.align(profile, now);
      compare("restarted");
    }

    /** Nothing is changed by looking ahead, and what is seen comes true. */
    void foresee() {
      long moment = now + random.nextInt(50) * GRID;
      var turns = engine.foresight().until(profile, moment);
      if (turns.size() < 8) {
        var last = turns.isEmpty() ? profile.memberships : turns.getLast().segments();
        assertThat(last.keys())
            .as("seed %d: foreseen for %d", seed, moment - NOON)
            .isEqualTo(naive.memberships(moment));
      }
      compare("foreseen");
    }

    private void compare(String what) {
      assertThat(profile.memberships.keys())
          .as("seed %d: %s, at %d, %s", seed, what, now - NOON, segments)
          .isEqualTo(naive.memberships(now));
      if (naive.events.size() < 60) {
        assertThat(profile.trails.values()).noneMatch(Trail::isCut);
      }
    }

    void live() throws IOException {
      apply(event());
      for (int i = 0; i < STEPS; i++) {
        expireUntil(now + random.nextInt(12) * GRID + random.nextInt(2));
        switch (random.nextInt(12)) {
          case 0 -> merge();
          case 1 -> restart();
          case 2, 3 -> foresee();
          default -> apply(event());
        }
      }
      expireUntil(now + 300 * GRID);
      compare("at the end");
    }
  }

  @Test
  void memberships_anyHistory_areThoseOfSomebodyWhoKeepsEveryEvent() throws IOException {
    for (long seed = 0; seed < ROUNDS; seed++) {
      new Life(seed).live();
    }
  }

  @Test
  void foreseen_andThenReached_areOneAndTheSame() {
    var engine =
        Visits.engine(
            "hour", "{'$did':{'event':'page','within':'PT1H'}}",
            "gone", "{'$last':{'event':'page','ago':{'$gte':'PT2H'}}}",
            "visit", "{'session.events':{'$gte':1}}");
    var profile = Visits.profile();
    engine.apply(profile, Visits.page("/", NOON), NOON);

    var turns = engine.foresight().until(profile, NOON + 180 * GRID);

    assertThat(turns)
        .extracting(Foresight.Turn::at)
        .isEqualTo(List.of(NOON + TIMEOUT, NOON + 60 * GRID, NOON + 120 * GRID));
    for (var turn : turns) {
      assertThat(profile.due).isEqualTo(turn.at());
      engine.expire(profile, turn.at());
      assertThat(profile.memberships.keys()).isEqualTo(turn.segments().keys());
    }
  }
}
