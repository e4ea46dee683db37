package io.marquetry.consent;

import io.marquetry.bus.Purposes;
import io.marquetry.consent.Claim.Denied;
import io.marquetry.consent.core.ConsentLedger;
import io.marquetry.consent.core.Draft;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What somebody asks to have recorded.
 *
 * @param choices purpose name to granted or not
 * @param source how the choice was made, in the words of whoever sends it
 */
record Wish(Map<String, Object> choices, String source) {
  /** The browser's opt-out signal, which speaks for the visitor without being their choice. */
  static final String GPC = "gpc";

  private static final int MAX_SOURCE = 64;

  /** Sources that only we give. */
  private static final Set<String> RESERVED = Set.of(Draft.MERGE, ConsentLedger.DEFAULT);

  boolean explicit() {
    return !source.equals(GPC);
  }

  /**
   * Reads a body.
   *
   * @throws io.marquetry.bus.Refused where it names what is no purpose
   */
  static Wish of(Map<String, Object> said) throws Denied {
    return new Wish(choices(said), source(said));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> choices(Map<String, Object> said) throws Denied {
    for (var foreign : List.of("tcString", "gppString")) {
      if (said.containsKey(foreign)) {
        throw new Denied(422, "unsupported", foreign, "not supported by this version");
      }
    }
    if (!(said.get("purposes") instanceof Map<?, ?> purposes) || purposes.isEmpty()) {
      throw new Denied(
          422, "invalid", "purposes", "an object of purposes is needed, each true or false");
    }
    var choices = (Map<String, Object>) purposes;
    Purposes.parse(choices, Purposes.NONE); // refuses before anything is made or asked
    return choices;
  }

  private static String source(Map<String, Object> said) throws Denied {
    var source = said.get("source");
    if (source == null) {
      return "api";
    }
    if (source instanceof String text
        && !text.isBlank()
        && text.length() <= MAX_SOURCE
        && !RESERVED.contains(text)) {
      return text;
    }
    throw new Denied(
        422,
        "invalid",
        "source",
        "a source is a text of 1 to " + MAX_SOURCE + " characters and none of " + RESERVED);
  }
}
