package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.platform.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Histories of two visits, shuffled, split and stored at random. */
class ProfilePropertyTest {
  private static final int ROUNDS = 150;
  private static final long END = NOON + 300 * MINUTE;

  private static final SegmentPlan PLAN =
      PlanCompiler.compile(
          Visits.segments(
              "ever", "{'$did':{'event':'Product Viewed','count':{'$gte':4}}}",
              "hour", "{'$did':{'event':'page','within':'PT1H','count':{'$gte':2,'$lt':5}}}",
              "visit", "{'$did':{'event':'page','within':'session','count':{'$gte':3}}}",
              "gold", "{'traits.plan':'gold'}",
              "returning", "{'isReturning':true}",
              "deep", "{'session.pageViews':{'$gt':4}}",
              "spent",
                  "{'$did':{'event':'Product Viewed','sum':{'property':'price','is':{'$gte':20}}}}",
              "lately",
                  "{'$did':{'event':'Product Viewed','within':'PT4H','sum':{'property':'price','is':{'$gte':9}}}}",
              "many",
                  "{'$did':{'event':'Product Viewed','distinct':{'property':'product_id','is':{'$gte':3}}}}",
              "now",
                  "{'$did':{'event':'Product Viewed','within':'session','distinct':{'property':'product_id','is':{'$gte':2}}}}",
              "recent", "{'$last':{'event':'page','ago':{'$lt':'PT3H'}}}",
              "old", "{'$first':{'event':'page','ago':{'$gt':'PT4H'}}}",
              "path",
                  "{'$sequence':{'steps':[{'event':'page'},{'event':'Product Viewed'},{'event':'page'}],'within':'PT20M'}}",
              "left",
                  "{'$sequence':{'steps':[{'event':'Product Viewed'},{'event':'page'}],'within':'PT1H','then':{'not':{'event':'Email Opened'},'for':'PT10M'}}}",
              "nested", "{'$nor':[{'$inSegment':'visit'},{'$inSegment':'gold'}]}"));

  private static SegmentEngine engine() {
    return new SegmentEngine(PLAN, TIMEOUT, Visits.DEVICES);
  }

  /** Two visits of less than an hour each, so that no more pieces than kept visits can arise. */
  private static List<Event> history(Random random) {
    var events = new ArrayList<Event>();
    long second = 120L + random.nextInt(100);
    for (int i = 2 + random.nextInt(20); i > 0; i--) {
      long minute = (random.nextBoolean() ? 0 : second) + random.nextInt(55);
      events.add(event(random, NOON + minute * MINUTE + random.nextInt(3)));
    }
    return events;
  }

  private static Event event(Random random, long at) {
    return switch (random.nextInt(4)) {
      case 0 -> Visits.page("/" + random.nextInt(5), at);
      case 1 ->
          Visits.track(
              "Product Viewed",
              at,
              "{'product_id':'p%d','price':%d}".formatted(random.nextInt(12), random.nextInt(9)));
      case 2 ->
          Visits.identify(
              at,
              "{'plan':'%s','x%d':%d}"
                  .formatted(
                      random.nextBoolean() ? "gold" : "basic",
                      random.nextInt(4),
                      random.nextInt(9)));
      default -> Visits.track("Email Opened", at);
    };
  }

  private static Profile fold(List<Event> events) {
    var engine = engine();
    var profile = Visits.profile();
    events.forEach(event -> engine.apply(profile, event, END));
    return profile;
  }

  /** Everything but what names the moment at which something was noticed. */
  private static Map<String, Object> essence(Profile profile) {
    var state = new LinkedHashMap<>(ProfileState.write(profile));
    List.of("version", "position", "plan", "merged").forEach(state::remove);
    state.put("segments", List.copyOf(profile.memberships.keys()));
    state.put("recentlyViewed", profile.recentlyViewed());
    state.put("due", profile.due);
    return state;
  }

  @Test
  void apply_anyOrderOfArrival_comesToTheSame() {
    var random = new Random(1);
    for (int round = 0; round < ROUNDS; round++) {
      var events = history(random);
      var expected = essence(fold(events));
      Collections.shuffle(events, random);

      assertThat(essence(fold(events))).isEqualTo(expected);
    }
  }

  @Test
  void absorb_anySplitInAnyDirection_isTheUnion() {
    var random = new Random(2);
    for (int round = 0; round < ROUNDS; round++) {
      var events = history(random);
      var one = new ArrayList<Event>();
      var other = new ArrayList<Event>();
      events.forEach(event -> (random.nextBoolean() ? one : other).add(event));
      if (one.isEmpty() || other.isEmpty()) {
        continue;
      }
      var expected = essence(fold(events));

      assertThat(essence(merged(fold(one), fold(other)))).isEqualTo(expected);
      assertThat(essence(merged(fold(other), fold(one)))).isEqualTo(expected);
    }
  }

  private static Profile merged(Profile into, Profile from) {
    var engine = engine();
    engine.absorb(into, from);
    engine.align(into, END);
    return into;
  }

  @Test
  void state_writtenAndRead_isTheSameProfile() throws Exception {
    var random = new Random(3);
    for (int round = 0; round < ROUNDS; round++) {
      var events = history(random);
      var later = events.removeLast();
      var profile = fold(events);
      var json = Json.readOwn(Json.write(ProfileState.write(profile)));
      var restored = ProfileState.read(profile.id, json);
      assertThat(ProfileState.write(restored)).isEqualTo(ProfileState.write(profile));
      var engine = engine();
      restored.asleep = true;
      engine.align(restored, END);
      assertThat(restored.due).isEqualTo(profile.due);

      engine.apply(restored, later, END);
      engine().apply(profile, later, END);
      assertThat(essence(restored)).isEqualTo(essence(profile));
    }
  }

  /** Only what is touched is evaluated, yet everything is right at every moment. */
  @Test
  void applyAndExpire_atEveryMoment_agreeWithEvaluatingEverything() {
    var random = new Random(4);
    for (int round = 0; round < ROUNDS; round++) {
      var engine = engine();
      var profile = Visits.profile();
      long now = NOON;
      for (int i = 0; i < 20; i++) {
        now += random.nextInt(25) * MINUTE;
        while (profile.due <= now) {
          engine.expire(profile, profile.due);
        }
        engine.apply(profile, event(random, now - random.nextInt(30) * MINUTE), now);
        var expected = ProfileState.read(profile.id, ProfileState.write(profile));
        expected.plan = "";
        engine().align(expected, now);
        assertThat(profile.memberships.keys()).isEqualTo(expected.memberships.keys());
      }
    }
  }

  @Test
  void fold_moreThanTheBounds_staysBounded() {
    var engine = engine();
    var profile = Visits.profile();
    for (int i = 0; i < 2_000; i++) {
      long at = NOON + i * MINUTE;
      engine.apply(profile, Visits.identify(at, "{'trait%d':'%d'}".formatted(i, i)), at);
      engine.apply(
          profile, Visits.track("Product Viewed", at, "{'product_id':'p%d'}".formatted(i)), at);
      engine.apply(profile, Visits.page("/" + i, at + 40 * MINUTE * i), at);
      profile.identities.observe("anonymous", "d" + i, true, at);
    }

    assertThat(profile.traits.all()).hasSize(Profile.MAX_TRAITS).containsKey("trait1999");
    assertThat(profile.recentlyViewed()).hasSize(Profile.MAX_VIEWED);
    assertThat(profile.identities.all()).hasSize(Identities.KEPT);
    assertThat(profile.sessions.kept()).hasSize(Sessions.KEPT);
    assertThat(profile.recent.entries().size()).isLessThanOrEqualTo(RecentEvents.KEPT);
    assertThat(Json.write(ProfileState.write(profile)).length).isLessThan(40_000);
  }
}
