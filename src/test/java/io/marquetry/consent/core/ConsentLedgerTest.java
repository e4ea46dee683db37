package io.marquetry.consent.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.consent.core.Draft.Choice;
import io.marquetry.consent.core.Draft.Outcome;
import io.marquetry.consent.core.Draft.Outcome.Changed;
import io.marquetry.consent.core.Draft.Outcome.Unchanged;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConsentLedgerTest {
  private static final Id128 PHONE = new Id128(1, 1);
  private static final Id128 LAPTOP = new Id128(1, 2);
  private static final Id128 ANNA = new Id128(2, 1);
  private static final Purposes ANALYTICS = Purposes.NONE.with(Purpose.ANALYTICS);
  private static final Map<String, Object> ALL =
      Map.of("analytics", true, "personalization", true, "marketing", true);

  private final ConsentLedger ledger = new ConsentLedger();

  @Test
  void state_nothingOnRecord_isTheDefault() {
    assertThat(ledger.state(List.of(PHONE), ANALYTICS))
        .isEqualTo(new ConsentState(ANALYTICS, 0, 0, "default", false));
  }

  @Test
  void choose_someOfThePurposes_keepsTheStateOfTheOthers() {
    commit(choose(Map.of("analytics", true), PHONE));
    commit(choose(Map.of("marketing", true), PHONE));
    assertThat(purposes(PHONE)).isEqualTo(ANALYTICS.with(Purpose.MARKETING));
    commit(choose(Map.of("analytics", false), PHONE));
    assertThat(purposes(PHONE)).isEqualTo(Purposes.NONE.with(Purpose.MARKETING));
  }

  @Test
  void choose_firstChoice_startsFromTheSitesDefault() {
    var draft = ledger.draft();
    draft.choose(choice(List.of(PHONE), 0, Map.of("marketing", false), Purposes.ALL, "api", true));
    assertThat(draft.records().getFirst().purposes())
        .isEqualTo(Purposes.ALL.without(Purpose.MARKETING));
  }

  @Test
  void choose_explicitWithoutChange_isRecordedAllTheSame() {
    commit(choose(ALL, PHONE));
    commit(choose(ALL, PHONE));
    assertThat(ledger.version()).isEqualTo(2);
  }

  @Test
  void choose_unknownPurpose_isRefusedAndLeavesTheDraftUsable() {
    var draft = ledger.draft();
    var wrong = choice(List.of(PHONE), 0, Map.of("profiling", true), Purposes.NONE, "api", true);
    assertThatThrownBy(() -> draft.choose(wrong))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.field()).isEqualTo("purposes.profiling"));
    draft.choose(choice(List.of(PHONE), 0, ALL, Purposes.NONE, "api", true));
    assertThat(draft.records()).extracting(ConsentRecord::version).containsExactly(1L);
  }

  @Test
  void choose_signal_narrowsTheDefaultOnceAndNamesItself() {
    var optOut = choice(List.of(PHONE), 0, Map.of("marketing", false), Purposes.ALL, "gpc", false);
    var draft = ledger.draft();
    assertThat(draft.choose(optOut)).isInstanceOf(Changed.class);
    assertThat(draft.choose(optOut)).isInstanceOf(Unchanged.class);
    commit(draft);
    assertThat(ledger.state(List.of(PHONE), Purposes.ALL))
        .isEqualTo(new ConsentState(Purposes.ALL.without(Purpose.MARKETING), 1, 77, "gpc", false));
  }

  @Test
  void choose_signal_neverWidensNorOutweighsAnExplicitChoice() {
    var widening = choice(List.of(PHONE), 0, ALL, Purposes.NONE, "segment", false);
    assertThat(ledger.draft().choose(widening)).isInstanceOf(Unchanged.class);
    commit(choose(ALL, PHONE));
    var optOut = choice(List.of(PHONE), 1, Map.of("marketing", false), Purposes.NONE, "gpc", false);
    assertThat(ledger.draft().choose(optOut)).isInstanceOf(Unchanged.class);
  }

  @Test
  void choose_explicitAfterSignal_outweighsIt() {
    var draft = ledger.draft();
    draft.choose(choice(List.of(PHONE), 0, Map.of("marketing", false), Purposes.ALL, "gpc", false));
    draft.choose(choice(List.of(PHONE), 0, Map.of("marketing", true), Purposes.ALL, "api", true));
    commit(draft);
    assertThat(ledger.state(List.of(PHONE), Purposes.NONE))
        .isEqualTo(new ConsentState(Purposes.ALL, 2, 77, "api", true));
  }

  @Test
  void reconcile_differentRecords_allowsWhatAllAllow() {
    commit(choose(ALL, PHONE));
    commit(choose(Map.of("analytics", true), LAPTOP));
    commit(reconcile(PHONE, LAPTOP, ANNA));
    for (var key : List.of(PHONE, LAPTOP, ANNA)) {
      assertThat(purposes(key)).isEqualTo(ANALYTICS);
    }
    assertThat(ledger.version()).isEqualTo(3);
  }

  @Test
  void reconcile_nothingToMakeOne_recordsNothing() {
    commit(reconcile(PHONE, LAPTOP));
    commit(choose(ALL, PHONE, LAPTOP));
    commit(reconcile(PHONE, LAPTOP));
    assertThat(ledger.version()).isEqualTo(1);
  }

  @Test
  void choose_identifiersJoinedMeanwhile_holdsForThemToo() {
    commit(choose(ALL, PHONE));
    commit(choose(ALL, LAPTOP));
    long asOf = ledger.version();
    commit(reconcile(PHONE, LAPTOP));
    var draft = ledger.draft();
    draft.choose(
        choice(List.of(PHONE), asOf, Map.of("analytics", false), Purposes.NONE, "api", true));
    commit(draft);
    assertThat(purposes(LAPTOP).allows(Purpose.ANALYTICS)).isFalse();
  }

  @Test
  void choose_sharedDevice_leavesTheOtherUserAlone() {
    commit(choose(ALL, ANNA, PHONE));
    commit(choose(Map.of("analytics", false), new Id128(2, 2), PHONE));
    assertThat(purposes(ANNA)).isEqualTo(Purposes.ALL);
    assertThat(ledger.state(List.of(ANNA, PHONE), Purposes.NONE).purposes())
        .as("on that device what both allow")
        .isEqualTo(Purposes.ALL.without(Purpose.ANALYTICS));
  }

  @Test
  void after_supersededRecords_areLeftOutAndTheNewestNever() {
    commit(choose(ALL, PHONE));
    commit(choose(ALL, PHONE, LAPTOP));
    commit(choose(ALL, PHONE));
    commit(choose(ALL, PHONE));
    assertThat(ledger.after(0, 10)).extracting(ConsentRecord::version).containsExactly(2L, 4L);
    assertThat(ledger.after(0, 1)).extracting(ConsentRecord::version).containsExactly(2L);
    assertThat(ledger.after(4, 10)).isEmpty();
  }

  @Test
  void accept_versionNotNewer_throws() {
    commit(choose(ALL, PHONE));
    var stale = new ConsentRecord(List.of(PHONE), "shop", Purposes.ALL, 1, 0, "api", true);
    assertThatThrownBy(() -> ledger.accept(stale)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void after_anyHistory_letsACopyAgreeWithTheLedger() {
    for (int seed = 0; seed < 500; seed++) {
      var random = new Random(seed);
      var any = new ConsentLedger();
      var copy = new ConsentView();
      long seen = 0;
      for (int i = 0; i < 40; i++) {
        var draft = any.draft();
        var keys = keys(random);
        if (random.nextInt(4) == 0) {
          draft.reconcile("shop", keys, Purposes.NONE, i);
        } else {
          draft.choose(
              choice(
                  keys,
                  any.version(),
                  Map.of("analytics", random.nextBoolean()),
                  Purposes.NONE,
                  "api",
                  random.nextBoolean()));
        }
        draft.records().forEach(any::accept);
        if (random.nextInt(5) == 0) {
          seen = follow(any, copy, seen, 1 + random.nextInt(3));
        }
      }
      follow(any, copy, seen, 2);
      for (int i = 0; i < 6; i++) {
        var keys = keys(random);
        assertThat(copy.purposes("shop", List.copyOf(keys)))
            .as("seed %d", seed)
            .isEqualTo(any.state(keys, Purposes.NONE).purposes());
      }
    }
  }

  private static long follow(ConsentLedger ledger, ConsentView copy, long seen, int page) {
    long last = seen;
    for (var records = ledger.after(last, page);
        !records.isEmpty();
        records = ledger.after(last, page)) {
      records.forEach(copy::put);
      last = records.getLast().version();
    }
    return last;
  }

  private static List<Id128> keys(Random random) {
    var keys = new ArrayList<Id128>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      keys.add(new Id128(9, random.nextInt(6)));
    }
    return keys;
  }

  private Purposes purposes(Id128 key) {
    return ledger.state(List.of(key), Purposes.NONE).purposes();
  }

  private Draft choose(Map<String, Object> choices, Id128... keys) {
    var draft = ledger.draft();
    Outcome outcome =
        draft.choose(choice(List.of(keys), ledger.version(), choices, Purposes.NONE, "api", true));
    assertThat(outcome).isInstanceOf(Changed.class);
    return draft;
  }

  private Draft reconcile(Id128... keys) {
    var draft = ledger.draft();
    draft.reconcile("shop", List.of(keys), Purposes.NONE, 77);
    return draft;
  }

  private void commit(Draft draft) {
    draft.records().forEach(ledger::accept);
  }

  private static Choice told(List<Id128> keys, boolean granted, long at, boolean late) {
    return new Choice(
        "shop", keys, 0, Map.of("analytics", granted), Purposes.NONE, "segment", true, at, late);
  }

  @Test
  void choose_toldLate_doesNotOutweighWhatWasChosenAfterIt() {
    var key = List.of(new Id128(7, 7));
    var draft = ledger.draft();
    draft.choose(told(key, true, 100, false));
    assertThat(draft.choose(told(key, false, 99, true))).isInstanceOf(Outcome.Unchanged.class);
    assertThat(draft.choose(told(key, false, 100, true))).isInstanceOf(Outcome.Changed.class);
    assertThat(draft.choose(told(key, true, 101, true))).isInstanceOf(Outcome.Changed.class);
    assertThat(draft.choose(told(key, false, 50, false)))
        .as("a choice made now counts, whatever the clocks say")
        .isInstanceOf(Outcome.Changed.class);
  }

  private static Choice choice(
      List<Id128> keys,
      long asOf,
      Map<String, Object> choices,
      Purposes fallback,
      String source,
      boolean explicit) {
    return new Choice("shop", keys, asOf, choices, fallback, source, explicit, 77, false);
  }
}
