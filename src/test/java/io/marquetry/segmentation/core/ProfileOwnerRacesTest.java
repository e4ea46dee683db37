package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.SECOND;
import static io.marquetry.segmentation.core.Visits.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SegmentationMessage.Release;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Two things that happen to a profile in the other order, as the simulator once had them. */
class ProfileOwnerRacesTest {
  private static final long NOON = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();
  private static final Id128 ANNA = new Id128(1, 2);
  private static final Id128 BERT = new Id128(2, 4);
  private static final String TWICE =
      "{'$did':{'event':'page','within':'PT1H','count':{'$gte':2}}}";
  private static final String SEEN = "{'visits':{'$gte':1}}";

  private final ConsentView consents = new ConsentView();
  private final ProfileOwner owner =
      new ProfileOwner(
          new Ownership(0, 2), new Limits(Duration.ofMinutes(30), 1_000), consents, Visits.DEVICES);

  ProfileOwnerRacesTest() {
    consents.setDefault("demo", Purposes.ALL);
    consents.renew(0);
    define("twice", TWICE);
  }

  private void define(String... segments) {
    owner.define(PlanCompiler.compile(Visits.segments(segments)));
  }

  private static Moment at(long now) {
    return new Moment(now, 0);
  }

  private void visit(Id128 profile, long position, long time) {
    owner.apply(List.of(new Resolved(profile, new Logged(position, page("/", time)))), at(time));
  }

  private Map<String, Object> release(long position) {
    return Objects.requireNonNull(owner.release(new Release(position, ANNA, BERT), null).state());
  }

  @Test
  void load_wentUpInAnotherMeanwhile_staysAway() {
    visit(ANNA, 1, NOON);
    visit(BERT, 2, NOON);
    var state = release(3);

    owner.load(new StoredProfile(ANNA, null, 1, Long.MAX_VALUE, 0, state), NOON);

    assertThat(owner.views().ids()).containsExactly(BERT);
  }

  @Test
  void expire_notBroughtUpToANewPlanYet_isBroughtUpToIt() {
    visit(ANNA, 1, NOON);
    visit(ANNA, 2, NOON + SECOND);
    define("twice", TWICE, "seen", SEEN);

    owner.expire(at(NOON + 60 * MINUTE), 10);

    assertThat(owner.views().size("seen")).isOne();
    assertThat(owner.views().size("twice")).isZero();
  }

  @Test
  void realign_consentWithdrawn_isMadeUpForOnceItIsGivenAgain() {
    visit(ANNA, 1, NOON);
    choose(Purposes.NONE, 1);
    define("seen", SEEN);
    owner.realign(ANNA, false, at(NOON));
    assertThat(owner.views().size("seen")).isZero();

    choose(Purposes.ALL, 2);
    assertThat(owner.nextDue()).isLessThanOrEqualTo(NOON + MINUTE);
    owner.expire(at(NOON + MINUTE), 10);

    assertThat(owner.views().size("seen")).isOne();
  }

  private void choose(Purposes purposes, long version) {
    consents.put(new ConsentRecord(List.of(ANNA), "demo", purposes, version, NOON, "api", true));
  }

  @Test
  void apply_whatWasForetoldDoesNotCome_isToldAnew() {
    visit(ANNA, 1, NOON);
    visit(ANNA, 2, NOON + SECOND);
    owner.takeChanges(NOON + SECOND);
    long over = NOON + 60 * MINUTE;
    owner.expire(at(over - DueQueue.LEAD), 10);
    var foretold = Objects.requireNonNull(owner.takeTurnings()).turnings().getFirst().then();
    assertThat(foretold.segments()).isEmpty();

    visit(ANNA, 3, over - SECOND);

    var told = Objects.requireNonNull(owner.takeChanges(over - SECOND)).profiles().getFirst();
    assertThat(told.segments()).containsExactly("twice");
    assertThat(told.version()).isGreaterThan(foretold.version());
  }

  /** Otherwise it would be counted out of a segment at a start and once more when it is due. */
  @Test
  void rows_timeChangedAMembershipNobodyLookedAt_showWhatItIsCountedBy() {
    visit(ANNA, 1, NOON);
    visit(ANNA, 2, NOON + SECOND);
    assertThat(owner.views().size("twice")).isOne();
    long later = NOON + 120 * MINUTE;

    var cut = Objects.requireNonNull(owner.cut());
    var row = owner.rows(cut, 10, later).getFirst();

    assertThat(row.shown().segments()).containsExactly("twice");
    assertThat(row.due()).as("looked at before anybody is told").isLessThanOrEqualTo(later);
  }

  /** Counted already, they would be filled in once more. */
  @Test
  void begin_toldTwiceOrTooLate_changesNothing() {
    visit(ANNA, 1, NOON);
    owner.begin(2, List.of("a"));
    visit(ANNA, 5, NOON);

    owner.begin(2, List.of("a"));
    owner.begin(1, List.of("a", "b"));

    assertThat(owner.passes().farthest(2)).isEqualTo(1);
    assertThat(owner.passes().all()).containsExactly(2);
    assertThat(owner.passes().behaviours(2)).containsExactly("a");
  }
}
