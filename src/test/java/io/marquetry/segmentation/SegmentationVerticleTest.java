package io.marquetry.segmentation;

import static io.marquetry.segmentation.LoggedPages.visit;
import static io.marquetry.segmentation.SegmentationRig.at;
import static io.marquetry.segmentation.SegmentationRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Apply;
import io.marquetry.bus.SegmentationMessage.GetProfile;
import io.marquetry.bus.SegmentationMessage.ListProfiles;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.kit.Id128;
import io.marquetry.postgres.Database;
import io.marquetry.segmentation.core.Visits;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Promise;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentationVerticleTest {
  private static final Id128 ANNA = new Id128(1, 2);
  private static final Id128 BERT = new Id128(2, 4);
  private static final Map<String, Object> SOON = Map.of("flushEvery", "PT0.02S");
  private static final Map<String, Object> NEVER = Map.of("flushEvery", "PT1H");
  private static final String TWENTY = "{'$did':{'event':'page','count':{'$gte':20}}}";

  private final Database database = TestPostgres.freshDatabase();

  private static boolean tells(ProfilesChanged change, Id128 profile, String... segments) {
    return change.profiles().stream()
        .anyMatch(one -> one.profile().equals(profile) && one.segments().equals(List.of(segments)));
  }

  @Test
  void apply_changedProfile_isToldBeforeTheAnswer() {
    try (var rig = new SegmentationRig(database).with("seen", "{'visits':1}").start(1, SOON)) {
      var order = new ArrayList<String>();
      var done = Promise.<List<String>>promise();
      rig.vertx.runOnContext(
          here ->
              rig.bus
                  .on(
                      Addresses.PROFILES_CHANGED,
                      change -> order.add("told " + change.profiles().getFirst().segments()))
                  .compose(
                      listening ->
                          rig.bus.ask(Addresses.APPLY.to(0), new Apply(List.of(visit(1, ANNA)), 0)))
                  .onSuccess(applied -> order.add("answered " + applied.applied()))
                  .map(order)
                  .onComplete(done));

      assertThat(await(done.future())).containsExactly("told [seen]", "answered 1");
    }
  }

  @Test
  void apply_restsOnAChoiceNotHeardOf_waitsForItInsteadOfRefusing() {
    try (var rig = new SegmentationRig(database).with("seen", "{'visits':1}").start(1, SOON)) {
      rig.withdraw(ANNA);
      rig.allowUntold(ANNA);

      var applied = rig.applyOnceKnown(new Apply(List.of(visit(1, ANNA)), 2));

      assertThat(applied.refused()).isZero();
      assertThat(applied.applied()).isOne();
    }
  }

  @Test
  void restart_afterStop_goesOnWhereItWas() {
    try (var rig = new SegmentationRig(database).with("twenty", TWENTY).start(1, NEVER)) {
      for (int position = 1; position <= 10; position++) {
        rig.apply(visit(position, ANNA));
      }
      rig.stop();
      rig.start(1, NEVER);

      assertThat(rig.checkpoint()).isEqualTo(10);
      assertThat(rig.profile(ANNA, "events")).isEqualTo(10L);
      assertThat(rig.profile(ANNA, "visits")).isEqualTo(1L);
    }
  }

  @Test
  void restart_afterCrashBetweenFlushes_countsTheReplayedTailOnce() {
    try (var first = new SegmentationRig(database).with("twenty", TWENTY).start(1, SOON);
        var crashing = new SegmentationRig(database).with("twenty", TWENTY);
        var after = new SegmentationRig(database).with("twenty", TWENTY)) {
      var log = new ArrayList<Resolved>();
      for (int position = 1; position <= 20; position++) {
        log.add(visit(position, position % 4 == 0 ? BERT : ANNA));
      }
      first.apply(0, log.subList(0, 9));
      first.awaitCheckpoint(9);
      first.stop();
      crashing.start(1, NEVER);
      crashing.apply(0, log.subList(9, 20)); // is never stored
      assertThat(crashing.profile(BERT, "events")).isEqualTo(5L);

      after.start(1, SOON);
      assertThat(after.checkpoint()).isEqualTo(9);
      var replayed = after.apply(0, log);

      assertThat(replayed.passed()).isEqualTo(9);
      assertThat(replayed.applied()).isEqualTo(11);
      assertThat(after.profile(ANNA, "events")).isEqualTo(15L);
      assertThat(after.profile(BERT, "events")).isEqualTo(5L);
      assertThat(after.profile(ANNA, "segments")).isEqualTo(List.of());
      for (int position = 21; position <= 25; position++) {
        after.apply(visit(position, ANNA));
      }
      assertThat(after.profile(ANNA, "segments")).isEqualTo(List.of("twenty"));
      after.awaitCheckpoint(25);
    }
  }

  @Test
  void restart_withOtherNumberOfInstances_keepsEverybody() {
    try (var rig = new SegmentationRig(database).start(1, SOON)) {
      var odd = new Id128(3, 3);
      rig.apply(visit(1, ANNA), visit(2, odd));
      rig.stop();
      rig.start(2, SOON);

      assertThat(rig.apply(0, List.of(visit(3, ANNA))).applied()).isOne();
      assertThat(rig.apply(1, List.of(visit(2, odd), visit(4, odd))).passed()).isOne();
      assertThat(rig.profile(ANNA, "events")).isEqualTo(2L);
      assertThatThrownBy(() -> rig.apply(0, List.of(visit(5, odd)))).isInstanceOf(Refused.class);
    }
  }

  @Test
  void window_slidesPast_leavingIsToldWithoutAnEvent() {
    try (var rig =
        new SegmentationRig(database)
            .with("fresh", "{'$did':{'event':'page','within':'PT0.3S'}}")
            .start(1, SOON)) {
      var visit = visit(1, ANNA);
      rig.apply(visit);
      rig.awaitChange(change -> tells(change, ANNA, "fresh"));

      rig.awaitChange(change -> tells(change, ANNA));

      long late = System.currentTimeMillis() - visit.logged().event().at() - 300;
      assertThat(late).isBetween(0L, 2_000L);
      assertThat(rig.members("fresh").size()).isZero();
    }
  }

  @Test
  void window_willSlidePast_isToldBeforehand() {
    try (var rig =
        new SegmentationRig(database)
            .with(
                "soon", "{'$did':{'event':'page','within':'PT1S'}}",
                "later", "{'$did':{'event':'page','within':'PT3S'}}")
            .start(1, SOON)) {
      var visit = visit(1, ANNA);
      long at = visit.logged().event().at();
      rig.apply(visit);

      var soon = rig.awaitTurning(turning -> turning.then().profile().equals(ANNA));
      assertThat(soon.at()).isEqualTo(at + 1_000);
      assertThat(soon.then().segments()).containsExactly("later");
      var later = rig.awaitTurning(turning -> turning.at() > at + 1_000);
      assertThat(System.currentTimeMillis()).isLessThan(at + 3_000);
      assertThat(later.at()).isEqualTo(at + 3_000);
      assertThat(later.then().segments()).isEmpty();
    }
  }

  @Test
  void window_slidesPastWhileStopped_leavingIsToldAfterTheStart() {
    var fresh = "{'$did':{'event':'page','within':'PT1S'}}";
    try (var rig = new SegmentationRig(database).with("fresh", fresh).start(1, SOON)) {
      rig.apply(visit(1, ANNA));
      assertThat(rig.members("fresh").size()).isOne();
      rig.stop();
      rig.start(1, SOON);

      rig.awaitChange(change -> tells(change, ANNA));
      assertThat(rig.members("fresh").size()).isZero();
    }
  }

  @Test
  void poisonedEvent_isSetApart() {
    var broken =
        new AbstractMap<String, Object>() {
          @Override
          public Set<Entry<String, Object>> entrySet() {
            throw new IllegalStateException("broken");
          }
        };
    try (var rig = new SegmentationRig(database).start(1, SOON)) {
      var poison = Visits.event(EventType.TRACK, "X", 0, Map.of("properties", broken));

      var applied = rig.apply(visit(1, ANNA), at(2, ANNA, poison), visit(3, ANNA));

      assertThat(applied.applied()).isEqualTo(2);
      assertThat(applied.poisoned()).hasSize(1);
      rig.awaitCheckpoint(3);
    }
  }

  @Test
  void consentWithdrawn_nothingMoreIsCollected() {
    try (var rig = new SegmentationRig(database).start(1, SOON)) {
      rig.apply(visit(1, ANNA));
      rig.withdraw(ANNA);

      assertThat(rig.apply(visit(2, ANNA)).refused()).isOne();
      assertThat(rig.profile(ANNA, "events")).isEqualTo(1L);
      rig.awaitCheckpoint(2);
    }
  }

  @Test
  void define_newSegment_isTrueOfEverybodyWhenAnswered() {
    try (var rig = new SegmentationRig(database).start(1, SOON)) {
      for (int position = 1; position <= 500; position++) {
        rig.apply(visit(position, new Id128(position, position * 64L)));
      }
      rig.define("seen", "{'$did':{'event':'page','within':'session'}}", "bad", "{'$no':1}");

      var members = rig.members("seen");
      assertThat(members.size()).isEqualTo(500);
      assertThat(members.members()).hasSize(10);
      rig.define("other", "{'visits':1}");
      assertThat(rig.members("seen").size()).isZero();
      assertThat(rig.members("other").size()).isEqualTo(500);
    }
  }

  @Test
  void profiles_pageByPage_areAllInOrder() {
    try (var rig = new SegmentationRig(database).start(1, SOON)) {
      var batch = new ArrayList<Resolved>();
      for (int i = 1; i <= 250; i++) {
        batch.add(visit(i, new Id128(i * 0x9E3779B97F4A7C15L, i)));
      }
      rig.apply(0, batch);

      var found = new ArrayList<ProfileSnapshot>();
      int size;
      do {
        var after = found.isEmpty() ? null : found.getLast().profile();
        var page = await(rig.bus.ask(Addresses.PROFILES.to(0), new ListProfiles(after, 100)));
        size = page.profiles().size();
        found.addAll(page.profiles());
      } while (size == 100);

      assertThat(found).extracting(ProfileSnapshot::profile).hasSize(250).isSorted();
    }
  }

  @Test
  void merge_acrossOwners_movesTheHistoryAndCanBeRepeated() {
    try (var rig = new SegmentationRig(database).start(2, SOON)) {
      var odd = new Id128(3, 3);
      rig.apply(0, List.of(visit(1, ANNA)));
      rig.apply(1, List.of(visit(2, odd)));
      var release = new Release(3, odd, ANNA);
      var state =
          Objects.requireNonNull(await(rig.bus.ask(Addresses.RELEASE.to(1), release)).state());
      var adopt = new Adopt(3, odd, ANNA, state);
      await(rig.bus.ask(Addresses.ADOPT.to(0), adopt));
      rig.awaitChange(change -> change.gone().contains(odd));
      rig.apply(0, List.of(visit(3, ANNA)));
      rig.stop();
      rig.start(2, SOON);

      var again =
          Objects.requireNonNull(await(rig.bus.ask(Addresses.RELEASE.to(1), release)).state());
      await(rig.bus.ask(Addresses.ADOPT.to(0), new Adopt(3, odd, ANNA, again)));

      assertThat(rig.profile(ANNA, "events")).isEqualTo(3L);
      assertThat(rig.profile(ANNA, "mergedFrom")).isEqualTo(List.of(odd.toString()));
      var gone = await(rig.bus.ask(Addresses.PROFILE.to(1), new GetProfile(odd)));
      assertThat(gone.profile()).containsEntry("mergedInto", ANNA.toString());
    }
  }

  @Test
  void moreProfilesThanFit_waitInTheStore() {
    Map<String, Object> small = Map.of("flushEvery", "PT0.02S", "maxProfiles", 1_000);
    try (var rig = new SegmentationRig(database).with("seen", "{'visits':1}").start(1, small)) {
      var batch = new ArrayList<Resolved>();
      for (int i = 1; i <= 1_800; i++) {
        batch.add(visit(i, new Id128(i, i)));
      }
      rig.apply(0, batch);
      rig.awaitCheckpoint(1_800);
      rig.apply(visit(1_801, new Id128(1_801, 1_801))); // makes it drop what is stored

      for (int i = 1; i <= 1_800; i += 100) {
        assertThat(rig.apply(visit(1_802L + i, new Id128(i, i))).applied()).isOne();
        assertThat(rig.profile(new Id128(i, i), "events")).isEqualTo(2L);
      }
      assertThat(rig.members("seen").size()).isEqualTo(1_801);
      rig.stop();
      rig.start(1, small);
      assertThat(rig.members("seen").size()).isEqualTo(1_801);
      assertThat(rig.profile(new Id128(1_801, 1_801), "events")).isEqualTo(1L);
    }
  }

  @Test
  void snapshots_profilesInTheStoreAlone_areFetchedAndAsOfNow() {
    Map<String, Object> small = Map.of("flushEvery", "PT0.02S", "maxProfiles", 1_000);
    try (var rig =
        new SegmentationRig(database)
            .with("seen", "{'visits':1}", "fresh", "{'$did':{'event':'page','within':'PT2S'}}")
            .start(1, small)) {
      var batch = new ArrayList<Resolved>();
      for (int i = 1; i <= 1_800; i++) {
        batch.add(visit(i, new Id128(i, i)));
      }
      rig.apply(0, batch);
      rig.awaitCheckpoint(1_800);
      assertThat(rig.snapshots(new Id128(5, 5)).complete()).isTrue();
      long next = 1_801; // makes it drop what is stored
      do {
        rig.apply(visit(next, new Id128(1_801, 1_801)));
      } while (next++ < 20_000 && rig.snapshots(new Id128(5, 5)).complete());
      rig.awaitNoMembers("fresh");

      var asked = new ArrayList<Id128>();
      for (int i = 1; i <= 1_800; i += 60) {
        asked.add(new Id128(i, i));
      }
      asked.add(new Id128(7, 9_999));
      var found = rig.snapshots(asked.toArray(Id128[]::new));

      assertThat(found.complete()).isFalse();
      assertThat(found.profiles())
          .extracting(ProfileSnapshot::profile)
          .containsExactlyElementsOf(asked.subList(0, asked.size() - 1));
      assertThat(found.profiles()).allMatch(one -> one.segments().equals(List.of("seen")));
    }
  }

  @Test
  void store_outOfReach_eventsGoOnAndAreStoredLater() {
    try (var rig = new SegmentationRig(database).start(1, SOON)) {
      rig.apply(visit(1, ANNA));
      rig.awaitCheckpoint(1);
      TestPostgres.execute(database, "alter table profile rename to profile_away");

      assertThat(rig.apply(visit(2, ANNA)).applied()).isOne();
      rig.awaitState("degraded");
      TestPostgres.execute(database, "alter table profile_away rename to profile");
      rig.awaitCheckpoint(2);
      rig.awaitState("ready");
      assertThat(await(rig.bus.ask(Addresses.ping("segmentation").to(0), new Ping())).component())
          .isEqualTo("segmentation");
    }
  }
}
