package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.SECOND;
import static io.marquetry.segmentation.core.Visits.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Adopt;
import io.marquetry.bus.SegmentationMessage.Applied;
import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.bus.SegmentationMessage.ProfilesChanged;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.bus.SegmentationMessage.Turning;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProfileOwnerTest {
  private static final Id128 ANNA = new Id128(1, 2);
  private static final Id128 BERT = new Id128(2, 4);

  private final ConsentView consents = new ConsentView();
  private final ProfileOwner owner = owner(1_000);

  private ProfileOwner owner(int maxProfiles) {
    consents.setDefault("demo", Purposes.ALL);
    consents.renew(0);
    var owner =
        new ProfileOwner(
            new Ownership(0, 2),
            new Limits(Duration.ofMinutes(30), maxProfiles),
            consents,
            Visits.DEVICES);
    owner.define(
        PlanCompiler.compile(
            Visits.segments(
                "twice", "{'$did':{'event':'page','within':'PT1H','count':{'$gte':2}}}")));
    return owner;
  }

  private static Resolved logged(Id128 profile, long position, Event event) {
    return new Resolved(profile, new Logged(position, event));
  }

  private static Resolved visit(Id128 profile, long position) {
    return logged(profile, position, page("/", NOON + position * SECOND));
  }

  private static Moment at(long now) {
    return new Moment(now, 0);
  }

  private Applied apply(ProfileOwner by, Resolved... events) {
    return by.apply(List.of(events), at(NOON + MINUTE));
  }

  private static long events(ProfileOwner owner, Id128 profile) {
    var shown = owner.views().show(profile, NOON);
    return shown == null ? 0 : (Long) Objects.requireNonNull(shown.get("events"));
  }

  private static ProfilesChanged changes(ProfileOwner owner) {
    return Objects.requireNonNull(owner.takeChanges(NOON + MINUTE));
  }

  /** Stores everything and answers what is in the store then. */
  private static List<StoredProfile> store(ProfileOwner owner) {
    var cut = Objects.requireNonNull(owner.cut());
    var rows = new ArrayList<StoredProfile>();
    for (var part = owner.rows(cut, 1, NOON); !part.isEmpty(); part = owner.rows(cut, 1, NOON)) {
      part.forEach(row -> rows.add(stored(row)));
    }
    owner.saved(cut);
    return rows;
  }

  private static StoredProfile stored(Cut.Row row) {
    var json = Json.readOwn(Json.write(row.state()));
    return new StoredProfile(
        row.profile(), row.mergedInto(), row.position(), row.due(), row.shownBy(), json);
  }

  /** As after a start: counted first, then taken in. */
  private static void start(ProfileOwner owner, StoredProfile stored) {
    count(owner, stored);
    owner.load(stored, NOON);
  }

  private static void count(ProfileOwner owner, StoredProfile stored) {
    if (stored.mergedInto() == null) {
      var segments = (Map<?, ?>) stored.state().getOrDefault("segments", Map.of());
      owner.count(segments.keySet().stream().map(String::valueOf).toList(), 1);
    }
  }

  @Test
  void apply_positionSeenBefore_isPassedOver() {
    apply(owner, visit(ANNA, 5));

    var again = apply(owner, visit(ANNA, 5), visit(BERT, 4), visit(ANNA, 6));

    assertThat(again.passed()).isEqualTo(2);
    assertThat(again.applied()).isOne();
    assertThat(events(owner, ANNA)).isEqualTo(2);
  }

  @Test
  void apply_unchangedMemberships_areNotTold() {
    apply(owner, visit(ANNA, 1));
    assertThat(changes(owner).profiles()).hasSize(1);

    apply(owner, logged(ANNA, 2, Visits.track("Other", NOON + SECOND)));
    assertThat(owner.takeChanges(NOON)).isNull();

    apply(owner, visit(ANNA, 3), visit(ANNA, 4));
    var told = changes(owner).profiles();
    assertThat(told).extracting(ProfileSnapshot::segments).containsExactly(List.of("twice"));
    assertThat(told.getFirst().version()).isEqualTo(2);
    assertThat(told.getFirst().fields()).containsEntry("isReturning", false);
  }

  @Test
  void apply_consentWithdrawn_isRefusedAndMovesOn() {
    apply(owner, visit(ANNA, 1));
    consents.put(new ConsentRecord(List.of(ANNA), "demo", Purposes.NONE, 1, NOON, "api", true));

    var result = apply(owner, visit(ANNA, 2), visit(BERT, 3));

    assertThat(result.refused()).isOne();
    assertThat(result.applied()).isOne();
    assertThat(events(owner, ANNA)).isOne();
    assertThat(apply(owner, visit(ANNA, 2)).passed()).isOne();
  }

  @Test
  void apply_consentNotKnown_waitsInsteadOfLosingEvents() {
    var batch = List.of(visit(ANNA, 1));
    var stale = new Moment(NOON + MINUTE, ConsentView.LEASE_MILLIS + 1);

    assertThatThrownBy(() -> owner.apply(batch, stale))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.reason()).isEqualTo(Refused.Reason.UNAVAILABLE));
    assertThat(owner.apply(batch, at(NOON + MINUTE)).applied()).isOne();
  }

  @Test
  void apply_poisonedEvent_isSetApartAndNeighboursLive() {
    var broken =
        new AbstractMap<String, Object>() {
          @Override
          public Set<Entry<String, Object>> entrySet() {
            throw new IllegalStateException("broken");
          }
        };
    var poison = Visits.event(EventType.TRACK, "X", NOON, Map.of("properties", broken));

    var result = apply(owner, visit(ANNA, 1), logged(BERT, 2, poison), visit(ANNA, 3));

    assertThat(result.applied()).isEqualTo(2);
    assertThat(result.poisoned())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.position()).isEqualTo(2);
              assertThat(one.detail()).contains("broken");
            });
    assertThat(owner.has(BERT)).isFalse();
  }

  @Test
  void apply_bot_entersNoProfile() {
    var event = page("/", NOON);
    var bot =
        new Event(
            event.message(),
            event.messageId(),
            event.site(),
            event.type(),
            event.name(),
            event.subject(),
            event.at(),
            event.receivedAt(),
            event.fields(),
            List.of("bot"));

    assertThat(apply(owner, logged(ANNA, 1, bot)).applied()).isZero();
    assertThat(owner.has(ANNA)).isFalse();
  }

  @Test
  void apply_somebodyElsesProfile_isRefusedWhole() {
    assertThatThrownBy(() -> apply(owner, visit(ANNA, 1), visit(new Id128(1, 3), 2)))
        .isInstanceOf(Refused.class);
    assertThat(owner.has(ANNA)).isFalse();
  }

  @Test
  void expire_windowPassed_leavesAndTellsWithoutAnEvent() {
    apply(owner, visit(ANNA, 1), visit(ANNA, 2));
    owner.takeChanges(NOON);
    assertThat(owner.views().size("twice")).isOne();
    long over = NOON + SECOND + 60 * MINUTE;
    assertThat(owner.nextDue()).isEqualTo(over - DueQueue.LEAD);

    owner.expire(at(owner.nextDue()), 10);
    assertThat(owner.takeChanges(NOON)).isNull();
    var turning = Objects.requireNonNull(owner.takeTurnings()).turnings();
    assertThat(turning).extracting(Turning::at).containsExactly(over);
    assertThat(turning.getFirst().then().segments()).isEmpty();
    assertThat(owner.views().size("twice")).isOne();
    assertThat(owner.nextDue()).isEqualTo(over);
    owner.expire(at(over - 1), 10);
    assertThat(owner.takeTurnings()).isNull();
    owner.expire(at(over), 10);

    assertThat(changes(owner).profiles().getFirst().segments()).isEmpty();
    assertThat(owner.views().size("twice")).isZero();
  }

  @Test
  void expire_consentWithdrawn_leavesTheProfileAlone() {
    apply(owner, visit(ANNA, 1), visit(ANNA, 2));
    owner.takeChanges(NOON);
    consents.put(new ConsentRecord(List.of(ANNA), "demo", Purposes.NONE, 1, NOON, "api", true));

    owner.expire(at(NOON + SECOND + 60 * MINUTE), 10);

    assertThat(owner.takeChanges(NOON)).isNull();
    assertThat(owner.takeTurnings()).isNull();
    assertThat(owner.nextDue()).isGreaterThan(NOON + SECOND + 60 * MINUTE);
  }

  @Test
  void cut_crashBetweenRowsAndCheckpoint_countsEverythingOnce() {
    apply(owner, visit(ANNA, 1));
    var cut = Objects.requireNonNull(owner.cut());
    apply(owner, visit(ANNA, 2), visit(BERT, 3)); // while the cut is being written out
    var row = stored(owner.rows(cut, 10, NOON).getFirst());
    assertThat(cut.positions()).containsValue(1L);

    var next = owner(1_000); // the row made it, and so did the checkpoint of the cut
    next.restore(cut.positions());
    start(next, row);
    assertThat(next.checkpoint()).isOne();
    var replayed = apply(next, visit(ANNA, 1), visit(ANNA, 2), visit(BERT, 3));

    assertThat(replayed.passed()).isEqualTo(2);
    assertThat(events(next, ANNA)).isEqualTo(2);
    assertThat(events(next, BERT)).isOne();
    assertThat(next.views().size("twice")).isOne();
  }

  @Test
  void notSaved_afterAFailure_everythingIsStoredNextTime() {
    apply(owner, visit(ANNA, 1), visit(BERT, 2));
    var failed = Objects.requireNonNull(owner.cut());
    owner.rows(failed, 1, NOON);
    apply(owner, visit(ANNA, 3));
    owner.notSaved(failed);

    var rows = store(owner);

    assertThat(rows).hasSize(2).extracting(StoredProfile::position).containsOnly(3L, 2L);
    assertThat(owner.cut()).isNull();
    assertThat(owner.checkpoint()).isEqualTo(3);
  }

  @Test
  void releaseAndAdopt_twoHistories_becomeOneAndAreTold() {
    apply(owner, visit(ANNA, 1), visit(BERT, 2));
    owner.takeChanges(NOON);

    var state = owner.release(new Release(3, ANNA, BERT), null).state();
    owner.adopt(new Adopt(3, ANNA, BERT, Objects.requireNonNull(state)), at(NOON + MINUTE));

    assertThat(events(owner, BERT)).isEqualTo(2);
    assertThat(owner.has(ANNA)).isFalse();
    var changes = changes(owner);
    assertThat(changes.gone()).containsExactly(ANNA);
    assertThat(changes.profiles())
        .extracting(ProfileSnapshot::segments)
        .containsExactly(List.of("twice"));
    assertThat(owner.views().size("twice")).isOne();
    assertThat(apply(owner, visit(BERT, 3)).applied()).isOne();
  }

  @Test
  void releaseAndAdopt_askedAgain_answerTheSameAndChangeNothing() {
    apply(owner, visit(ANNA, 1), visit(BERT, 2));
    var release = new Release(3, ANNA, BERT);
    var state = Objects.requireNonNull(owner.release(release, null).state());
    var adopt = new Adopt(3, ANNA, BERT, state);
    owner.adopt(adopt, at(NOON + MINUTE));

    assertThat(owner.release(release, null).state()).isEqualTo(state);
    owner.adopt(adopt, at(NOON + MINUTE));
    var stored = store(owner);
    var anna = stored.stream().filter(one -> one.profile().equals(ANNA)).findFirst().orElseThrow();
    assertThat(owner.release(release, anna).state()).isEqualTo(anna.state());
    owner.adopt(new Adopt(3, ANNA, BERT, anna.state()), at(NOON + MINUTE));

    assertThat(events(owner, BERT)).isEqualTo(2);
  }

  @Test
  void releaseAndAdopt_giverStoredTakerNot_replayCompletesTheMove() {
    apply(owner, visit(ANNA, 1), visit(BERT, 2));
    var before = store(owner);
    owner.release(new Release(3, ANNA, BERT), null);
    var after = store(owner);
    var bert = before.stream().filter(one -> one.profile().equals(BERT)).findFirst().orElseThrow();
    assertThat(after).extracting(StoredProfile::profile).containsExactly(ANNA);

    var next = owner(1_000);
    next.restore(Map.of(2, 2L, 4, 2L));
    start(next, bert);
    start(next, after.getFirst());
    assertThat(apply(next, visit(ANNA, 1), visit(BERT, 2)).passed()).isEqualTo(2);
    var state = next.release(new Release(3, ANNA, BERT), after.getFirst()).state();
    next.adopt(new Adopt(3, ANNA, BERT, Objects.requireNonNull(state)), at(NOON + MINUTE));

    assertThat(events(next, BERT)).isEqualTo(2);
  }

  @Test
  void apply_profileThatWentUpInAnother_isPoisoned() {
    apply(owner, visit(ANNA, 1));
    owner.release(new Release(2, ANNA, BERT), null);

    assertThat(apply(owner, visit(ANNA, 2)).poisoned()).hasSize(1);
  }

  @Test
  void release_unknownProfile_hasNoState() {
    assertThat(owner.release(new Release(3, ANNA, BERT), null).state()).isNull();
  }

  @Test
  void drop_beyondTheBound_dropsLeastRecentlyUsedThatAreStored() {
    var small = owner(2);
    apply(small, visit(ANNA, 1), visit(BERT, 2));
    apply(small, visit(new Id128(3, 6), 3));
    small.drop();
    assertThat(small.size()).isEqualTo(3); // nothing is stored yet

    var rows = store(small);
    apply(small, visit(ANNA, 4));
    small.drop();

    assertThat(small.has(BERT)).isFalse();
    assertThat(small.isComplete()).isFalse();
    assertThat(small.missing(List.of(visit(BERT, 5)))).containsExactly(BERT);
    rows.stream().filter(one -> one.profile().equals(BERT)).forEach(one -> small.load(one, NOON));
    apply(small, visit(BERT, 5));
    assertThat(events(small, BERT)).isEqualTo(2);
    assertThat(small.views().size("twice")).isEqualTo(2);
  }

  /** Whoever is only in the store counts as well, and of two that became one, one. */
  @Test
  void size_ofEverybody_followsWhoComesAndWhoGoesUpInAnother() {
    var small = owner(1);
    apply(small, visit(ANNA, 1), visit(BERT, 2));
    assertThat(small.views().size("")).isEqualTo(2);
    var stored = store(small);
    small.drop();
    assertThat(small.size()).isOne();
    assertThat(small.views().size("")).isEqualTo(2);
    var next = owner(1);
    start(next, stored.getFirst());
    count(next, stored.getLast());
    assertThat(next.views().size("")).isEqualTo(2);
    next.load(stored.getLast(), NOON);
    assertThat(next.views().size("")).as("counted before").isEqualTo(2);
    var released = next.release(new Release(9, ANNA, BERT), null);
    var state = Objects.requireNonNull(released.state());
    next.adopt(new Adopt(9, ANNA, BERT, state), at(NOON));
    assertThat(next.views().size("")).isOne();
  }

  @Test
  void define_newSegment_isTrueOfEverybodyAfterRealigning() {
    apply(owner, visit(ANNA, 1), visit(BERT, 2));
    var plan = PlanCompiler.compile(Visits.segments("once", "{'visits':1}"));

    assertThat(owner.define(plan)).isEqualTo(Realignment.SEGMENTS);
    for (var id : owner.views().ids()) {
      owner.realign(id, false, at(NOON + MINUTE));
    }

    assertThat(owner.views().size("once")).isEqualTo(2);
    assertThat(owner.views().memberSince(ANNA, "once")).isEqualTo(NOON + MINUTE);
    assertThat(owner.define(plan)).isEqualTo(Realignment.NONE);
  }

  @Test
  void show_profile_hasTheFixedShape() {
    apply(owner, visit(ANNA, 1), logged(ANNA, 2, Visits.identify(NOON, "{'plan':'gold'}")));

    var shown = Objects.requireNonNull(owner.views().show(ANNA, NOON + MINUTE));

    assertThat(shown)
        .containsEntry("profileId", ANNA.toString())
        .containsEntry("traits", Map.of("plan", "gold"))
        .containsEntry("segments", List.of())
        .containsEntry("visits", 1L)
        .containsEntry("events", 2L)
        .containsEntry("firstSeen", "2026-03-02T12:00:00.000Z")
        .containsEntry("site", "demo")
        .containsKeys("identities", "attributes", "session", "lastSeen")
        .doesNotContainKey("mergedInto");
  }

  @Test
  void snapshot_windowPassedButNobodyLookedYet_isAsOfNow() {
    apply(owner, visit(ANNA, 1), visit(ANNA, 2));
    long over = NOON + SECOND + 60 * MINUTE;

    assertThat(Objects.requireNonNull(owner.views().snapshot(ANNA, over - 1)).segments())
        .containsExactly("twice");
    assertThat(Objects.requireNonNull(owner.views().snapshot(ANNA, over)).segments()).isEmpty();
    assertThat(Objects.requireNonNull(owner.views().show(ANNA, over)))
        .containsEntry("segments", List.of());
  }
}
