package io.marquetry.ingest.core;

import io.marquetry.bus.IngestMessage.Event;
import org.jspecify.annotations.Nullable;

/** What events are held against before they are stored, beyond being events at all. */
@FunctionalInterface
public interface Screening {
  /** Lets everything through. */
  Screening NONE = event -> null;

  /** What is wrong with an event; null where nothing is. */
  @Nullable Finding screen(Event event);

  /**
   * Something wrong.
   *
   * @param code from a bounded set
   * @param detail for whoever sent it
   * @param turnsDown whether the event is kept apart for it, or only its sender told
   */
  record Finding(String code, String detail, boolean turnsDown) {}
}
