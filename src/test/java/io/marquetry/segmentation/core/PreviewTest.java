package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.RandomConditions.GRID;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.SECOND;
import static io.marquetry.segmentation.core.Visits.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.SegmentationMessage.Tried;
import io.marquetry.condition.Condition;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreviewTest {
  private static final int ROUNDS = 3_000;
  private static final int EVENTS = 22;

  /** How often an answer was sure, and how often it was not. */
  private int sure;

  private int unsure;

  private static Tried preview(
      SegmentEngine engine, Profile profile, Map<String, Object> condition, long now) {
    var preview = new Preview(Condition.parse(condition));
    preview.look(profile, engine, TIMEOUT, now);
    return preview.result(1);
  }

  /** Some segments are defined and counted; the condition that is tried mostly asks for others. */
  private void live(long seed) {
    var random = new Random(seed);
    var conditions = new RandomConditions(random);
    var segments = conditions.segments(1 + random.nextInt(3));
    var definitions =
        segments.entrySet().stream()
            .map(
                one ->
                    new Definition(
                        Kind.SEGMENT, one.getKey(), 1, Map.of("condition", one.getValue())))
            .toList();
    var engine =
        new SegmentEngine(
            PlanCompiler.compile(Visits.catalogue(definitions)), TIMEOUT, Visits.DEVICES);
    Map<String, Object> tried =
        random.nextInt(3) == 0
            ? Map.of("$and", List.of(segments.get("s0"), new RandomConditions(random).one()))
            : new RandomConditions(random).one();
    segments.put("tried", tried);
    var naive = new NaiveVisitor(segments, TIMEOUT);
    var profile = Visits.profile();
    long now = NOON;
    for (int i = 0; i < EVENTS; i++) {
      now += random.nextInt(12) * GRID + (random.nextInt(16) == 0 ? 22 * 60 * GRID : 0);
      var name = conditions.event();
      long at = now - random.nextInt(random.nextInt(4) == 0 ? 40 : 3) * GRID;
      var event =
          Visits.event(
              name.equals("page") ? EventType.PAGE : EventType.TRACK,
              name,
              at,
              Visits.json("{'properties':" + conditions.properties() + "}"));
      naive.events.add(event);
      engine.apply(profile, event, now);
      compare(seed, preview(engine, profile, tried, now), naive.memberships(now));
    }
    var stored =
        ProfileState.read(profile.id, Json.readOwn(Json.write(ProfileState.write(profile))));
    stored.asleep = true;
    long later = now + random.nextInt(90) * GRID;
    compare(seed, preview(engine, stored, tried, later), naive.memberships(later));
  }

  private void compare(long seed, Tried result, List<String> truth) {
    boolean in = truth.contains("tried");
    assertThat(result.surely()).as("seed %d: surely in, at most", seed).isLessThanOrEqualTo(in(in));
    assertThat(result.possibly()).as("seed %d: in, at least", seed).isGreaterThanOrEqualTo(in(in));
    if (result.surely() == result.possibly()) {
      assertThat(result.unsure()).isEmpty();
      sure++;
    } else {
      assertThat(result.unsure()).isNotEmpty();
      unsure++;
    }
  }

  private static int in(boolean is) {
    return is ? 1 : 0;
  }

  @Test
  void preview_anyHistory_whatIsSureIsSoForSomebodyWhoKeepsEveryEvent() {
    for (long seed = 0; seed < ROUNDS; seed++) {
      live(seed);
    }
    assertThat(sure).isGreaterThan(ROUNDS * EVENTS / 2);
    assertThat(unsure).isGreaterThan(ROUNDS);
  }

  @Test
  void preview_moreThanIsRemembered_isSureWhereMoreWouldNotMatter() {
    var engine = Visits.engine("s", "{'visits':1}");
    var profile = Visits.profile();
    int views = RecentEvents.KEPT + 10;
    long now = NOON + views * SECOND;
    for (int i = 0; i < views; i++) {
      engine.apply(profile, Visits.page("/p", NOON + i * SECOND), now);
    }
    assertThat(counts(engine, profile, "'count':{'$gte':3}", now)).containsExactly(1, 1);
    assertThat(counts(engine, profile, "'count':{'$gte':%d}".formatted(views), now))
        .containsExactly(0, 1);
    assertThat(counts(engine, profile, "'count':{'$lt':3}", now)).containsExactly(0, 0);
    assertThat(counts(engine, profile, "'count':{'$lt':%d}".formatted(views), now))
        .containsExactly(0, 1);
    assertThat(counts(engine, profile, "'within':'PT20S','count':{'$lt':20}", now))
        .containsExactly(1, 1);
  }

  private static List<Integer> counts(SegmentEngine engine, Profile profile, String did, long now) {
    var result =
        preview(engine, profile, Visits.json("{'$did':{'event':'page'," + did + "}}"), now);
    return List.of(result.surely(), result.possibly());
  }

  @Test
  void preview_propertyThatWasTooLongToKeep_isUnsure() {
    var engine = Visits.engine("s", "{'visits':1}");
    var profile = Visits.profile();
    var text = "x".repeat(500);
    engine.apply(profile, Visits.track("A", NOON, "{'note':'" + text + "','k':'v'}"), NOON);
    var noted = Visits.json("{'$did':{'event':'A','where':{'properties.note':'" + text + "'}}}");
    var result = preview(engine, profile, noted, NOON);
    assertThat(List.of(result.surely(), result.possibly())).containsExactly(0, 1);
    assertThat(result.unsure()).hasSize(1);
    var kept = Visits.json("{'$did':{'event':'A','where':{'properties.k':'v'}}}");
    assertThat(preview(engine, profile, kept, NOON).surely()).isOne();
  }

  @Test
  void draw_anySeeds_everybodyIsDrawnAsOften() {
    var often = new int[10];
    for (int seed = 0; seed < 20_000; seed++) {
      var ids = new Id128[often.length];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = new Id128(0, i);
      }
      int drawn = Preview.draw(ids, 3, seed);
      assertThat(drawn).isEqualTo(3);
      for (int i = 0; i < drawn; i++) {
        often[(int) ids[i].low()]++;
      }
    }
    for (int count : often) {
      assertThat(count).isBetween(5_700, 6_300);
    }
    assertThat(Preview.draw(new Id128[2], 5, 1)).isEqualTo(2);
  }
}
