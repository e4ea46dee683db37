package io.marquetry.ingest;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes dead letters of what was an event, so that it can be taken again as it came. */
final class Letters {
  private Letters() {}

  /** An event that is kept apart; with what was sent, since its visitor allows it to be kept. */
  static DeadLetter of(Incoming incoming, String stage, String reason, String detail) {
    var event = incoming.event();
    var entry = Json.readOwn(incoming.payload());
    List<Id128> about = event.subject().keys().stream().filter(Objects::nonNull).toList();
    return new DeadLetter(
        event.site(),
        stage,
        reason,
        detail,
        event.messageId(),
        event.receivedAt(),
        about,
        text(entry, "call"),
        text(entry, "arrival"));
  }

  private static String text(Map<String, Object> entry, String field) {
    @Nullable Object value = entry.get(field);
    return Json.writeText(value == null ? Map.of() : value);
  }
}
