package io.marquetry.decisioning;

import io.marquetry.kit.Id128;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

/** Values in the forms that PostgreSQL takes and gives. */
final class PgValues {
  private PgValues() {}

  static UUID uuid(Id128 id) {
    return new UUID(id.high(), id.low());
  }

  static Id128 id(UUID uuid) {
    return new Id128(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  /**
   * @param millis since the epoch
   */
  static OffsetDateTime time(long millis) {
    return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }

  /** PostgreSQL's text cannot hold the character NUL, and what is asked for may. */
  static String plain(String text) {
    return text.replace('\0', '\uFFFD');
  }
}
