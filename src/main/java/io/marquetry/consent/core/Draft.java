package io.marquetry.consent.core;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.Purposes;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes worked out on top of a ledger, to be stored together; each sees those before it.
 *
 * <p>Rules: an explicit choice takes effect as made, and is recorded even where it confirms what
 * held. A signal that speaks for the visitor, such as an opt-out header, can only narrow and does
 * not outweigh an explicit choice; where it changes nothing it leaves no record. A choice that is
 * told late does not outweigh one made after it. Identifiers that turn out to be one visitor's get
 * what all their records allow.
 */
public final class Draft {
  /** The source of a record that joined identifiers share. */
  public static final String MERGE = "merge";

  private final ConsentLedger ledger;
  private final Map<Id128, ConsentRecord> pending = new HashMap<>();
  private final List<ConsentRecord> records = new ArrayList<>();

  /**
   * A choice to be recorded.
   *
   * @param keys the visitor's identifiers as known at version {@code asOf}
   * @param asOf the ledger's version when the identifiers were looked up
   * @param choices purpose name to granted or not; what is left out keeps its state
   * @param fallback the site's default
   * @param at milliseconds since the epoch
   * @param late whether it was made then and is only told now
   */
  public record Choice(
      String site,
      List<Id128> keys,
      long asOf,
      Map<String, Object> choices,
      Purposes fallback,
      String source,
      boolean explicit,
      long at,
      boolean late) {}

  /** What a change came to. */
  public sealed interface Outcome {
    /** A new record, effective once it is stored. */
    record Changed(ConsentRecord record) implements Outcome {}

    /** What held before goes on holding. */
    record Unchanged(ConsentState state) implements Outcome {}
  }

  Draft(ConsentLedger ledger) {
    this.ledger = ledger;
  }

  /** The new records, in order of version. */
  public List<ConsentRecord> records() {
    return List.copyOf(records);
  }

  /**
   * Works out a choice.
   *
   * @throws io.marquetry.bus.Refused where it names what is no purpose
   */
  public Outcome choose(Choice choice) {
    var keys = joinedSince(choice.asOf(), choice.keys());
    var before = state(keys, choice.fallback());
    var chosen = Purposes.parse(choice.choices(), before.purposes());
    if (choice.late() && before.explicit() && before.at() > choice.at()) {
      return new Outcome.Unchanged(before);
    }
    if (!choice.explicit()) {
      var narrowed = chosen.and(before.purposes());
      if (before.explicit() || narrowed.equals(before.purposes())) {
        return new Outcome.Unchanged(before);
      }
      chosen = narrowed;
    }
    return record(keys, choice.site(), chosen, choice.at(), choice.source(), choice.explicit());
  }

  /**
   * Works out what identifiers allow that turned out to be one visitor's.
   *
   * @param fallback the site's default, for telling what holds where nothing is on record
   */
  public Outcome reconcile(String site, List<Id128> keys, Purposes fallback, long at) {
    var found = new LinkedHashSet<@Nullable ConsentRecord>();
    keys.forEach(key -> found.add(record(key)));
    var state = state(keys, fallback);
    if (found.size() < 2) {
      return new Outcome.Unchanged(state); // one record for all, or none at all
    }
    return record(keys, site, state.purposes(), at, MERGE, state.explicit());
  }

  private Outcome record(
      List<Id128> keys, String site, Purposes purposes, long at, String source, boolean explicit) {
    long version = ledger.version() + records.size() + 1;
    var record = new ConsentRecord(keys, site, purposes, version, at, source, explicit);
    records.add(record);
    keys.forEach(key -> pending.put(key, record));
    return new Outcome.Changed(record);
  }

  /** Identifiers joined after the visitor's were looked up are the visitor's too. */
  private List<Id128> joinedSince(long asOf, List<Id128> keys) {
    Set<Id128> all = new LinkedHashSet<>(keys);
    for (var key : keys) {
      var record = record(key);
      if (record != null && record.version() > asOf && record.source().equals(MERGE)) {
        all.addAll(record.keys());
      }
    }
    return List.copyOf(all);
  }

  ConsentState state(List<Id128> keys, Purposes fallback) {
    @Nullable ConsentState state = null;
    for (var key : keys) {
      var record = record(key);
      if (record != null) {
        state = state == null ? state(record) : narrower(state, state(record));
      }
    }
    return Objects.requireNonNullElseGet(
        state, () -> new ConsentState(fallback, 0, 0, ConsentLedger.DEFAULT, false));
  }

  private static ConsentState state(ConsentRecord record) {
    return new ConsentState(
        record.purposes(), record.version(), record.at(), record.source(), record.explicit());
  }

  private static ConsentState narrower(ConsentState one, ConsentState other) {
    var newer = one.version() >= other.version() ? one : other;
    return new ConsentState(
        one.purposes().and(other.purposes()),
        newer.version(),
        newer.at(),
        newer.source(),
        one.explicit() && other.explicit());
  }

  private @Nullable ConsentRecord record(Id128 key) {
    var newest = pending.get(key);
    return newest != null ? newest : ledger.record(key);
  }
}
