package io.marquetry.consent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.consent.core.Draft.Choice;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Of visitors who turn out to be one, nobody gains; and a split gives nobody anything back. */
class MergedConsentPropertyTest {
  private static final int SEEDS = 2_000;

  @Test
  void reconcile_anyChoices_allowsExactlyWhatEachOfThemAllows() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      var ledger = new ConsentLedger();
      var fallback = purposes(random);
      var keys = new ArrayList<Id128>();
      for (int i = 0; i < 2 + random.nextInt(5); i++) {
        var key = new Id128(1, i);
        keys.add(key);
        if (random.nextInt(4) > 0) {
          choose(ledger, key, purposes(random), fallback);
        }
      }
      var before = new LinkedHashMap<Id128, Purposes>();
      keys.forEach(key -> before.put(key, state(ledger, List.of(key), fallback)));
      var known = keys.stream().filter(key -> ledger.record(key) != null).toList();
      var draft = ledger.draft();
      draft.reconcile("shop", keys, fallback, 1);
      draft.records().forEach(ledger::accept);
      var narrowest = known.stream().map(before::get).reduce(Purposes::and).orElse(fallback);
      for (var key : keys) {
        assertThat(state(ledger, List.of(key), fallback)).as("seed %d", seed).isEqualTo(narrowest);
      }
      var again = ledger.draft();
      again.reconcile("shop", keys.reversed(), fallback, 2);
      assertThat(again.records()).as("seed %d: once is enough", seed).isEmpty();
    }
  }

  /** A split asks consent nothing: each key keeps the record that it has. */
  @Test
  void choose_afterTheSplit_isOfTheOneWhoChooses() {
    for (int seed = 0; seed < SEEDS; seed++) {
      var random = new Random(seed);
      var ledger = new ConsentLedger();
      var one = new Id128(1, 1);
      var other = new Id128(1, 2);
      choose(ledger, one, purposes(random), Purposes.NONE);
      choose(ledger, other, purposes(random), Purposes.NONE);
      var draft = ledger.draft();
      draft.reconcile("shop", List.of(one, other), Purposes.NONE, 1);
      draft.records().forEach(ledger::accept);
      var restricted = state(ledger, List.of(one), Purposes.NONE);
      choose(ledger, other, Purposes.ALL, Purposes.NONE);
      assertThat(state(ledger, List.of(one), Purposes.NONE))
          .as("seed %d", seed)
          .isEqualTo(restricted);
      assertThat(state(ledger, List.of(other), Purposes.NONE)).isEqualTo(Purposes.ALL);
    }
  }

  private static Purposes purposes(Random random) {
    var purposes = Purposes.NONE;
    for (var purpose : Purpose.values()) {
      purposes = random.nextBoolean() ? purposes.with(purpose) : purposes;
    }
    return purposes;
  }

  private static void choose(
      ConsentLedger ledger, Id128 key, Purposes purposes, Purposes fallback) {
    var choices = new LinkedHashMap<String, Object>();
    for (Map.Entry<String, ?> one : purposes.toJson().entrySet()) {
      choices.put(one.getKey(), one.getValue());
    }
    var draft = ledger.draft();
    draft.choose(
        new Choice(
            "shop", List.of(key), ledger.version(), choices, fallback, "banner", true, 0, false));
    draft.records().forEach(ledger::accept);
  }

  private static Purposes state(ConsentLedger ledger, List<Id128> keys, Purposes fallback) {
    return ledger.state(keys, fallback).purposes();
  }
}
