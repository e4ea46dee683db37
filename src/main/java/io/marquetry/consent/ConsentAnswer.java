package io.marquetry.consent;

import io.marquetry.bus.ConsentMessage.Confirmation;
import io.marquetry.bus.ConsentMessage.ConsentSet;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.Purposes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is answered about consent, as JSON; where a browser goes by two device ids, of both
 * together.
 */
final class ConsentAnswer {
  private ConsentAnswer() {}

  /** What holds where both hold. */
  static ConsentState both(ConsentState one, ConsentState other) {
    var newer = one.version() >= other.version() ? one : other;
    return new ConsentState(
        one.purposes().and(other.purposes()),
        newer.version(),
        newer.at(),
        newer.source(),
        one.explicit() && other.explicit());
  }

  /** Two changes as one; a component confirmed when it confirmed both. */
  static ConsentSet both(ConsentSet one, ConsentSet other) {
    var confirmed = new ArrayList<Confirmation>();
    for (var first : one.components()) {
      for (var second : other.components()) {
        if (first.name().equals(second.name())) {
          double millis = Math.max(first.millis(), second.millis());
          confirmed.add(new Confirmation(first.name(), millis));
        }
      }
    }
    return new ConsentSet(
        one.purposes().and(other.purposes()),
        Math.max(one.version(), other.version()),
        confirmed,
        Math.max(one.millis(), other.millis()),
        one.complete() && other.complete());
  }

  /**
   * What is on record.
   *
   * @param optedOut whether the request carries the opt-out signal
   */
  static Map<String, Object> json(ConsentState state, boolean optedOut) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("purposes", state.purposes().toJson());
    json.put("version", state.version());
    json.put("at", state.version() == 0 ? null : Instant.ofEpochMilli(state.at()).toString());
    json.put("source", state.source());
    json.put("explicit", state.explicit());
    json.put("gpc", optedOut);
    @SuppressWarnings("NullAway") // a null value is written as a JSON null
    Map<String, Object> result = json;
    return result;
  }

  /** A change, and who confirmed it. */
  static Map<String, Object> json(ConsentSet set) {
    var components = new ArrayList<Object>();
    for (var confirmation : set.components()) {
      components.add(Map.of("name", confirmation.name(), "millis", confirmation.millis()));
    }
    var propagation = new LinkedHashMap<String, Object>();
    propagation.put("components", components);
    propagation.put("millis", set.millis());
    propagation.put("complete", set.complete());
    var json = new LinkedHashMap<String, Object>();
    json.put("version", set.version());
    json.put("purposes", set.purposes().toJson());
    json.put("propagation", propagation);
    return json;
  }

  /** A refusal of somebody of whom nothing is kept. */
  static ConsentSet nothingRecorded() {
    return new ConsentSet(Purposes.NONE, 0, List.of(), 0, true);
  }
}
