package io.marquetry.segmentation.core;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Moments as text. */
final class Times {
  /** Always three digits behind the point, so that texts sort as their moments do. */
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Times() {}

  /** ISO-8601 of milliseconds since the epoch. */
  static String text(long at) {
    return FORMAT.format(Instant.ofEpochMilli(at));
  }
}
