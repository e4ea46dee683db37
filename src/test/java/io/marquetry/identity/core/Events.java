package io.marquetry.identity.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events of which only the subject matters. */
public final class Events {
  private Events() {}

  public static Event of(
      long number,
      @Nullable Id128 device,
      @Nullable Id128 other,
      @Nullable Id128 user,
      @Nullable Id128 previous) {
    return of(number, 0, device, other, user, previous);
  }

  /** An event that arrived at this time. */
  public static Event of(
      long number,
      long at,
      @Nullable Id128 device,
      @Nullable Id128 other,
      @Nullable Id128 user,
      @Nullable Id128 previous) {
    return new Event(
        new Id128(7, number),
        "m" + number,
        "shop",
        EventType.TRACK,
        "Seen",
        new Subject(device, other, user, previous, null, null),
        at,
        at,
        Map.of(),
        List.of());
  }

  /** An order in the log. */
  public static Event order(long number, Orders.Order order) {
    return new Event(
        new Id128(8, number),
        "order-" + number,
        "shop",
        EventType.ALIAS,
        "$" + order.action().key(),
        new Subject(null, null, null, null, null, null),
        0,
        0,
        Map.of("order", order.toJson()),
        List.of("order"));
  }
}
