package io.marquetry.follow;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long one kind of data is kept, as {@code retention.put} says.
 *
 * @param days beside today; 0 for ever
 */
public record Retention(int days) {
  public static final Retention FOR_EVER = new Retention(0);

  private static final String KEY = "retention";

  /** What a catalogue says of a kind, such as {@code decisions}. */
  public static Retention of(Catalogue catalogue, String kind) {
    return catalogue.all(Kind.SETTING).stream()
        .filter(setting -> setting.key().equals(KEY))
        .map(setting -> days(setting.body().get(kind)))
        .findFirst()
        .orElse(FOR_EVER);
  }

  private static Retention days(@Nullable Object kept) {
    return kept instanceof Map<?, ?> map && map.get("days") instanceof Number days
        ? new Retention(days.intValue())
        : FOR_EVER;
  }

  public boolean isForEver() {
    return days == 0;
  }

  /**
   * The first day, in UTC, of which everything is kept; not to be asked of what is kept for ever.
   */
  public LocalDate firstKept(Instant now) {
    return LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(days);
  }

  /** When that day begins, milliseconds since the epoch; before all times where all is kept. */
  public long keptSince(Instant now) {
    return isForEver()
        ? Long.MIN_VALUE
        : firstKept(now).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }
}
