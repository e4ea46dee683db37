package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.TIMEOUT;
import static io.marquetry.segmentation.core.Visits.VISITOR;
import static io.marquetry.segmentation.core.Visits.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.condition.FieldPath;
import io.marquetry.platform.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Segments and decisions that read computed attributes: right at every moment. */
class ComputedAttributesTest {
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final String KEEN = "{'attributes.affinity.category.shoes':{'$gte':0.5}}";
  private static final String WARM = "{'session.intent':{'$gte':0.2}}";
  private static final String[] ALL = {
    "keen", KEEN,
    "warm", WARM,
    "shoes-first", "{'attributes.topCategory':'shoes'}",
    "cheap", "{'attributes.priceSensitivity':{'$gt':0.4}}",
    "mail", "{'attributes.channelPreference':'email'}",
    "cold", "{'$and':[{'$nor':[{'$inSegment':'keen'}]},{'attributes.affinity':{'$exists':true}}]}",
  };

  private final Profile visitor = Visits.profile();

  private static Event viewed(String category, long at) {
    return track("Product Viewed", at, "{'category':'" + category + "'}");
  }

  @Test
  void apply_thirdLook_entersAndTimeAloneLeaves() {
    var engine = Visits.engine("keen", KEEN);
    engine.apply(visitor, viewed("shoes", NOON), NOON);
    engine.apply(visitor, viewed("shoes", NOON + 1), NOON + 1);
    assertThat(visitor.memberships.keys()).isEmpty();
    engine.apply(visitor, viewed("shoes", NOON + 2), NOON + 2);
    assertThat(visitor.memberships.keys()).containsExactly("keen");
    assertThat(visitor.due).isBetween(NOON + 2, NOON + 2 + 3 * HOUR);

    long now = NOON + 2;
    int looks = 0;
    while (visitor.memberships.has("keen")) {
      now = visitor.due;
      engine.expire(visitor, now);
      looks++;
    }
    assertThat(now - NOON).as("0.5 is lost with the first step").isLessThanOrEqualTo(6 * HOUR);
    assertThat(looks).isLessThanOrEqualTo(2);
  }

  @Test
  void expire_everythingForgotten_comesToRest() {
    var engine = Visits.engine("keen", KEEN);
    engine.apply(visitor, viewed("shoes", NOON), NOON);
    int looks = 0;
    while (visitor.due != LatestTimes.NEVER) {
      engine.expire(visitor, visitor.due);
      looks++;
    }
    assertThat(looks).isBetween(70 * 8, 70 * 8 + 2);
  }

  @Test
  void apply_nobodyReadsAttributes_nothingIsDue() {
    var engine = Visits.engine("gold", "{'traits.plan':'gold'}");
    engine.apply(visitor, viewed("shoes", NOON), NOON);
    assertThat(visitor.due).isEqualTo(LatestTimes.NEVER);
    assertThat(engine.evaluations()).isOne();
  }

  @Test
  void apply_intent_fadesByTheMinuteAndEndsWithTheVisit() {
    var engine = Visits.engine("warm", WARM);
    engine.apply(visitor, track("Product Added", NOON), NOON);
    assertThat(visitor.memberships.keys()).containsExactly("warm");
    assertThat(visitor.due).isEqualTo(NOON + MINUTE);
    long now = NOON;
    while (visitor.memberships.has("warm")) {
      now = visitor.due;
      engine.expire(visitor, now);
    }
    assertThat(now).isBetween(NOON + MINUTE, NOON + 10 * MINUTE);
    engine.expire(visitor, NOON + TIMEOUT);
    assertThat(visitor.due).isEqualTo(LatestTimes.NEVER);
  }

  /** What decisions read is told anew with every step. */
  @Test
  void expire_decisionsReadIt_isToldWithEveryStep() {
    var rule =
        Visits.definition(
            Kind.RULE, "r", "{'when':{'attributes.affinity.category.shoes':{'$gt':0.1}}}");
    var engine =
        new SegmentEngine(
            PlanCompiler.compile(Visits.catalogue(List.of(rule))), TIMEOUT, Visits.DEVICES);
    var change = engine.apply(visitor, viewed("shoes", NOON), NOON);
    assertThat(change.isNone()).isFalse();
    assertThat(engine.project(visitor, NOON))
        .containsEntry("attributes.affinity.category.shoes", 0.25);
    assertThat(engine.apply(visitor, Visits.page("/", NOON), NOON).isNone()).isTrue();
    long due = visitor.due;
    assertThat(engine.expire(visitor, due).isNone()).isFalse();
    assertThat(engine.project(visitor, due))
        .isEqualTo(
            Map.of(
                "attributes.affinity.category.shoes",
                Objects.requireNonNull(
                    ProfileFields.field(
                        visitor, FieldPath.of("attributes.affinity.category.shoes"), due, TIMEOUT)),
                "isReturning",
                false,
                "visits",
                1L));
  }

  @Test
  void foresight_nextStep_isToldBeforehand() {
    var engine = Visits.engine("keen", KEEN);
    for (int i = 0; i < 3; i++) {
      engine.apply(visitor, viewed("shoes", NOON + i), NOON + i);
    }
    boolean left = false;
    for (int steps = 0; steps < 3 && !left; steps++) {
      long due = visitor.due;
      var told = engine.foresight().until(visitor, due);
      left = engine.expire(visitor, due).left().contains("keen");
      assertThat(told).hasSize(left ? 1 : 0);
      assertThat(told).allMatch(turn -> turn.at() == due && turn.segments().keys().isEmpty());
    }
    assertThat(left).isTrue();
  }

  /** At any moment, membership is what the conditions say of the profile folded afresh. */
  @Test
  void applyAndExpire_anyMoment_areAsWorkedOutAfresh() {
    var random = new Random(11);
    for (int round = 0; round < 60; round++) {
      var engine = Visits.engine(ALL);
      var profile = Visits.profile();
      var seen = new ArrayList<Event>();
      long now = NOON;
      for (int i = 0; i < 25; i++) {
        now += random.nextInt(4) == 0 ? random.nextInt(90) * HOUR : random.nextInt(20) * MINUTE;
        while (profile.due <= now) {
          engine.expire(profile, profile.due);
        }
        if (random.nextInt(3) > 0) {
          var event = event(random, now - (random.nextInt(4) == 0 ? DAY : 0));
          seen.add(event);
          engine.apply(profile, event, now);
        }
        assertThat(profile.memberships.keys())
            .as("round %d, event %d", round, i)
            .isEqualTo(afresh(seen, now));
      }
    }
  }

  private static List<String> afresh(List<Event> events, long now) {
    var engine = Visits.engine(ALL);
    var profile = Visits.profile();
    events.forEach(event -> engine.apply(profile, event, now));
    profile.plan = "";
    engine.align(profile, now);
    return profile.memberships.keys();
  }

  private static Event event(Random random, long at) {
    var category = random.nextBoolean() ? "shoes" : "hats";
    return switch (random.nextInt(6)) {
      case 0, 1 -> viewed(category, at);
      case 2 -> track("Product Added", at, "{'category':'" + category + "'}");
      case 3 -> track("Coupon Applied", at);
      case 4 -> track("Email Link Clicked", at);
      default -> Visits.page("/", at);
    };
  }

  @Test
  void absorb_twoHistories_haveTheAttributesOfBoth() {
    var engine = Visits.engine(ALL);
    var other = Visits.profile();
    engine.apply(visitor, viewed("shoes", NOON), NOON);
    engine.apply(other, track("Product Added", NOON + 1, "{'category':'shoes'}"), NOON + 1);
    engine.absorb(visitor, other);
    engine.align(visitor, NOON + 1);
    assertThat(visitor.memberships.keys()).contains("keen");
    assertThat(String.valueOf(ProfileFields.evidence(visitor, NOON + 1, null)))
        .contains("Product Added", "Product Viewed");
  }

  @Test
  void state_stored_keepsAttributesAndIntent() {
    var engine = Visits.engine(ALL);
    engine.apply(visitor, track("Product Added", NOON, "{'category':'shoes'}"), NOON);
    engine.apply(visitor, viewed("hats", NOON + MINUTE), NOON + MINUTE);
    var stored = Json.readOwn(Json.write(ProfileState.write(visitor)));
    var read = ProfileState.read(VISITOR, stored);
    long later = NOON + 3 * MINUTE;
    assertThat(ProfilePicture.of(read, read.memberships, later, TIMEOUT))
        .isEqualTo(ProfilePicture.of(visitor, visitor.memberships, later, TIMEOUT));
    assertThat(String.valueOf(ProfilePicture.of(read, read.memberships, later, TIMEOUT)))
        .contains("topCategory=shoes", "intent=", "session.intent", "because");
  }
}
