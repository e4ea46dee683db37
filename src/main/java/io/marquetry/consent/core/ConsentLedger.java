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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What holds for every visitor.
 *
 * <p>The newest record that names an identifier holds for it. Where a visitor comes with several
 * identifiers, what all their records allow is allowed; where none has a record, the site's default
 * holds. A record that no identifier goes by any more is let go of here; the receipts keep it.
 *
 * <p>Changes are worked out in a {@link Draft} and accepted once they are stored: a change that
 * could not be stored never was. Not thread-safe: owned by one event loop.
 */
public final class ConsentLedger {
  /** The source of a state that rests on no record. */
  public static final String DEFAULT = "default";

  private final Map<Id128, ConsentRecord> current = new HashMap<>();
  private final TreeMap<Long, Held> byVersion = new TreeMap<>();
  private long version;

  /** A record and by how many identifiers it is still gone by. */
  private static final class Held {
    private final ConsentRecord record;
    private int keys;

    Held(ConsentRecord record) {
      this.record = record;
    }
  }

  /** The newest version; versions are counted without gaps. */
  public long version() {
    return version;
  }

  /** Begins a set of changes on top of what is accepted. */
  public Draft draft() {
    return new Draft(this);
  }

  /** Takes over a stored record; in order of version. */
  public void accept(ConsentRecord record) {
    if (record.version() <= version) {
      throw new IllegalArgumentException(
          "version " + record.version() + " comes after version " + version);
    }
    version = record.version();
    var held = new Held(record);
    for (var key : new LinkedHashSet<>(record.keys())) {
      var before = current.put(key, record);
      held.keys++;
      if (before != null) {
        release(before.version());
      }
    }
    if (held.keys > 0) {
      byVersion.put(version, held);
    }
  }

  private void release(long superseded) {
    var held = byVersion.get(superseded);
    if (held != null && --held.keys == 0) {
      byVersion.remove(superseded);
    }
  }

  /** The record that holds for an identifier; null where there is none. */
  @Nullable ConsentRecord record(Id128 key) {
    return current.get(key);
  }

  /** The records that still hold for somebody, in order of version. */
  public List<ConsentRecord> after(long afterVersion, int limit) {
    var records = new ArrayList<ConsentRecord>();
    for (var held : byVersion.tailMap(afterVersion, false).values()) {
      if (records.size() == limit) {
        break;
      }
      records.add(held.record);
    }
    return records;
  }

  /**
   * What holds for a visitor.
   *
   * @param keys the identifiers they come with
   * @param fallback the site's default
   */
  public ConsentState state(List<Id128> keys, Purposes fallback) {
    return draft().state(keys, fallback);
  }
}
