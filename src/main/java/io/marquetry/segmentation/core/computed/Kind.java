package io.marquetry.segmentation.core.computed;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What signals are kept for. */
enum Kind {
  CATEGORY,
  TOPIC,
  PRICE,
  CHANNEL;

  private static final Decay WEEK = new Decay(Duration.ofDays(7), Duration.ofHours(3));
  private static final Decay FORTNIGHT = new Decay(Duration.ofDays(14), Duration.ofHours(6));
  private static final Decay MONTH = new Decay(Duration.ofDays(30), Duration.ofHours(12));

  private final String key = name().toLowerCase(Locale.ROOT);

  /** What it is called in stored profiles, and as a family of affinities. */
  String key() {
    return key;
  }

  Decay decay() {
    return switch (this) {
      case CATEGORY -> WEEK;
      case TOPIC -> FORTNIGHT;
      case PRICE, CHANNEL -> MONTH;
    };
  }

  /** The attributes that hang on it. */
  List<String> attributes() {
    return switch (this) {
      case CATEGORY -> List.of("affinity", "topCategory");
      case TOPIC -> List.of("affinity", "topTopic");
      case PRICE -> List.of("priceSensitivity");
      case CHANNEL -> List.of("channelPreference", "channels");
    };
  }
}
