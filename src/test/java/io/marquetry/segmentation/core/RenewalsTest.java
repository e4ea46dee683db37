package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Rebuild;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Reset;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Profiles that were joined and are split: each is what it would be had it never been joined. */
class RenewalsTest {
  private static final Id128 ANNA = new Id128(1, 2);
  private static final Id128 BERT = new Id128(2, 4);
  private static final int ROUNDS = 100;
  private static final long END = NOON + 600 * MINUTE;

  private final ConsentView consents = new ConsentView();
  private final ProfileOwner owner = owner();

  private ProfileOwner owner() {
    consents.setDefault("demo", Purposes.ALL);
    consents.renew(0);
    var owner =
        new ProfileOwner(
            new Ownership(0, 2),
            new Limits(Duration.ofMinutes(30), 1_000),
            consents,
            Visits.DEVICES);
    owner.define(
        PlanCompiler.compile(
            Visits.segments(
                "twice", "{'$did':{'event':'page','within':'PT1H','count':{'$gte':2}}}",
                "often", "{'$did':{'event':'page','count':{'$gte':6}}}",
                "spent", "{'$did':{'event':'Bought','sum':{'property':'price','is':{'$gte':9}}}}",
                "gold", "{'traits.plan':'gold'}")));
    return owner;
  }

  /** One event of a life of two; orders stand at the positions between. */
  private record Step(Id128 who, long position, Event event) {}

  private static List<Step> life(Random random) {
    var life = new ArrayList<Step>();
    long at = NOON;
    for (int position = 1; position <= 40; position++) {
      at += random.nextInt(12) * MINUTE + 1;
      var event =
          switch (random.nextInt(3)) {
            case 0 -> page("/" + random.nextInt(4), at);
            case 1 -> Visits.track("Bought", at, "{'price':%d}".formatted(random.nextInt(5)));
            default ->
                Visits.identify(
                    at, "{'plan':'%s'}".formatted(random.nextBoolean() ? "gold" : "none"));
          };
      life.add(new Step(random.nextBoolean() ? ANNA : BERT, 2L * position, event));
    }
    return life;
  }

  @Test
  void mergeSplitRebuild_anyLife_isAsIfTheyHadNeverBeenOne() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      var random = new Random(seed);
      var life = life(random);
      int joined = 2 + random.nextInt(15);
      int split = joined + 1 + random.nextInt(15);
      var apart = owner();
      life.forEach(step -> apply(apart, step.who(), step));

      var together = owner();
      life.subList(0, joined).forEach(step -> apply(together, step.who(), step));
      join(together, 2 * joined + 1);
      life.subList(joined, split).forEach(step -> apply(together, BERT, step));
      reset(together, 2 * split + 1);
      life.subList(split, 36).forEach(step -> apply(together, step.who(), step));
      rebuild(together, life.subList(0, split), 2 * split + 1, random);
      life.subList(36, 40).forEach(step -> apply(together, step.who(), step));

      for (var who : List.of(ANNA, BERT)) {
        assertThat(essence(together, who)).as("seed %d", seed).isEqualTo(essence(apart, who));
      }
      assertThat(together.views().size("gold"))
          .as("seed %d", seed)
          .isEqualTo(apart.views().size("gold"));
      assertThat(together.views().size("")).isEqualTo(apart.views().size(""));
    }
  }

  private static void apply(ProfileOwner owner, Id128 profile, Step step) {
    var logged = new Resolved(profile, new Logged(step.position(), step.event()));
    var applied = owner.apply(List.of(logged), at(step.event().receivedAt()));
    assertThat(applied.poisoned()).isEmpty();
  }

  private static Moment at(long now) {
    return new Moment(now, 0);
  }

  private static void join(ProfileOwner owner, long position) {
    var state = owner.release(new Release(position, ANNA, BERT), null).state();
    if (state != null) {
      owner.adopt(new Adopt(position, ANNA, BERT, state), at(NOON));
    }
  }

  private static void reset(ProfileOwner owner, long position) {
    owner.renewals().reset(new Reset(position, "demo", BERT), null);
    owner.renewals().reset(new Reset(position, "demo", ANNA), null);
  }

  /** Tells in pieces, begins again now and then, and ends by telling the end twice. */
  private static void rebuild(ProfileOwner owner, List<Step> past, long position, Random random) {
    for (var who : List.of(BERT, ANNA)) {
      var own =
          past.stream()
              .filter(step -> step.who().equals(who))
              .map(step -> new Resolved(who, new Logged(step.position(), step.event())))
              .toList();
      int cut = random.nextInt(own.size() + 1);
      if (random.nextBoolean()) {
        tell(owner, new Rebuild(position, who, who, true, own.subList(0, cut), false));
      }
      tell(owner, new Rebuild(position, who, who, true, own.subList(0, cut), false));
      tell(owner, new Rebuild(position, who, who, false, own.subList(cut, own.size()), true));
      tell(owner, new Rebuild(position, who, who, true, own, true));
    }
  }

  private static void tell(ProfileOwner owner, Rebuild rebuild) {
    owner.renewals().rebuild(rebuild, at(END));
  }

  private static Map<String, Object> essence(ProfileOwner owner, Id128 who) {
    owner.realign(who, false, at(END));
    boolean more = true;
    while (more) {
      more = owner.expire(at(END), 100);
    }
    var shown =
        new LinkedHashMap<>(Objects.requireNonNullElse(owner.views().show(who, END), Map.of()));
    shown.remove("mergedFrom");
    return shown;
  }

  @Test
  void reset_askedAgainAfterItWasStored_changesNothing() {
    apply(owner, BERT, new Step(BERT, 1, page("/", NOON)));
    reset(owner, 2);
    apply(owner, BERT, new Step(BERT, 3, page("/", NOON + MINUTE)));
    reset(owner, 2);
    assertThat(Objects.requireNonNull(owner.views().show(BERT, NOON)).get("events")).isEqualTo(1L);
  }

  @Test
  void reset_profileThatWentUpInAnother_isInUseAgainAndOnlyOnce() {
    apply(owner, ANNA, new Step(ANNA, 1, page("/", NOON)));
    apply(owner, BERT, new Step(BERT, 2, page("/", NOON)));
    join(owner, 3);
    assertThat(owner.views().size("")).isOne();
    reset(owner, 4);
    assertThat(owner.views().size("")).isEqualTo(2);
    apply(owner, ANNA, new Step(ANNA, 5, page("/", NOON + MINUTE)));
    assertThat(Objects.requireNonNull(owner.views().show(ANNA, NOON)).get("events")).isEqualTo(1L);
    var cut = Objects.requireNonNull(owner.cut());
    var rows = owner.rows(cut, 10, NOON);
    assertThat(rows).extracting(Cut.Row::profile).containsExactlyInAnyOrder(ANNA, BERT);
    assertThat(rows).allMatch(row -> row.mergedInto() == null);
  }

  @Test
  void reset_whileACutIsBeingStoredThatFails_storesTheNewStateAlone() {
    apply(owner, ANNA, new Step(ANNA, 1, page("/", NOON)));
    apply(owner, BERT, new Step(BERT, 2, page("/", NOON)));
    var cut = Objects.requireNonNull(owner.cut());
    var unused = owner.rows(cut, 10, NOON);
    reset(owner, 3);
    owner.notSaved(cut);
    var next = owner.rows(Objects.requireNonNull(owner.cut()), 10, NOON);
    assertThat(next).extracting(Cut.Row::profile).containsExactlyInAnyOrder(ANNA, BERT);
    assertThat(next).allMatch(row -> Long.valueOf(3).equals(row.state().get("begun")));
  }

  @Test
  void rebuild_beforeTheReset_isToldToWait() {
    apply(owner, BERT, new Step(BERT, 1, page("/", NOON)));
    var early = new Rebuild(2, BERT, BERT, true, List.of(), true);
    assertThatThrownBy(() -> tell(owner, early))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("not begun anew yet");
    var gone = new Rebuild(2, ANNA, ANNA, true, List.of(), true);
    assertThatThrownBy(() -> tell(owner, gone)).isInstanceOf(Refused.class);
  }

  @Test
  void rebuild_withoutItsBeginning_isRefused() {
    reset(owner, 2);
    var rest = new Rebuild(2, BERT, BERT, false, List.of(), true);
    assertThatThrownBy(() -> tell(owner, rest)).hasMessageContaining("beginning");
  }

  @Test
  void rebuild_ofASplitBeforeTheLast_isPassedOver() {
    reset(owner, 2);
    reset(owner, 5);
    var past = new Resolved(BERT, new Logged(1, page("/", NOON)));
    tell(owner, new Rebuild(2, BERT, BERT, true, List.of(past), true));
    assertThat(Objects.requireNonNull(owner.views().show(BERT, NOON)).get("events")).isEqualTo(0L);
    tell(owner, new Rebuild(5, BERT, BERT, true, List.of(past), true));
    assertThat(Objects.requireNonNull(owner.views().show(BERT, NOON)).get("events")).isEqualTo(1L);
  }

  @Test
  void rebuild_profileThatWentUpInAnotherMeanwhile_goesThere() {
    apply(owner, BERT, new Step(BERT, 1, page("/", NOON)));
    reset(owner, 2);
    join(owner, 3);
    var past = new Resolved(ANNA, new Logged(1, page("/", NOON)));
    tell(owner, new Rebuild(2, ANNA, BERT, true, List.of(past), true));
    tell(owner, new Rebuild(2, ANNA, BERT, true, List.of(past), true));
    assertThat(Objects.requireNonNull(owner.views().show(BERT, NOON)).get("events")).isEqualTo(1L);
  }

  @Test
  void state_ofAProfileThatBeganAnew_isReadAgain() {
    reset(owner, 7);
    var row = owner.rows(Objects.requireNonNull(owner.cut()), 1, NOON).getFirst();
    var state = Json.readOwn(Json.write(row.state()));
    var next = owner();
    next.load(new StoredProfile(row.profile(), null, row.position(), row.due(), 0, state), NOON);
    var past = new Resolved(row.profile(), new Logged(1, page("/", NOON)));
    tell(next, new Rebuild(7, row.profile(), row.profile(), true, List.of(past), true));
    assertThat(Objects.requireNonNull(next.views().show(row.profile(), NOON)).get("events"))
        .isEqualTo(1L);
  }
}
