package io.marquetry.ingest.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Order;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Map;

/**
 * Orders of somebody in charge, as entries of the log.
 *
 * <p>Design note: what profiles are is folded from the log, so that a merge or a split has to have
 * its place among the events, and is an entry like them: {@code {"order":{…}}}. No sender can make
 * one, since what is sent stands below {@code call}. It is nobody's event; whoever counts events
 * passes over what has the flag.
 */
public final class Orders {
  /** The flag of such an event, and the field that holds what is wanted. */
  public static final String ORDER = "order";

  private static final Subject NOBODY = new Subject(null, null, null, null, null, null);

  private Orders() {}

  /** What the log keeps of an order. */
  public static Map<String, Object> entry(Order order) {
    return Map.of(ORDER, order.order(), "id", order.id());
  }

  static Event event(
      Id128 message, String messageId, String site, long receivedAt, Map<String, Object> order) {
    return new Event(
        message,
        messageId,
        site,
        EventType.ALIAS,
        "$" + order.get("action"),
        NOBODY,
        receivedAt,
        receivedAt,
        Map.of(ORDER, order),
        List.of(ORDER));
  }
}
