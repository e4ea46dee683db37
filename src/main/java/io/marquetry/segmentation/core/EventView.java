package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.condition.Behaviour;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import org.jspecify.annotations.Nullable;

/**
 * A single event as a {@code where} reads it: {@code type}, {@code event}, {@code properties.*},
 * {@code context.*}, {@code traits.*}, {@code groupId}, {@code userId}, {@code anonymousId}.
 *
 * <p>{@code context.page.path|url|referrer} is also found where only a page call's properties say
 * it.
 */
final class EventView implements ProfileView {
  private final Event event;
  private final PageSeen page;

  EventView(Event event, PageSeen page) {
    this.event = event;
    this.page = page;
  }

  @Override
  public @Nullable Object field(FieldPath path) {
    return switch (path.root()) {
      case "type" -> event.type().key();
      case "event" -> event.type() == EventType.TRACK ? event.name() : null;
      case "messageId" -> event.messageId();
      case "userId" -> event.subject().userId();
      case "anonymousId" -> event.subject().anonymousId();
      case "context" -> context(path);
      default -> path.resolve(event.fields());
    };
  }

  private @Nullable Object context(FieldPath path) {
    var value = path.resolve(event.fields());
    if (value != null || path.size() != 3 || !path.name(1).equals("page")) {
      return value;
    }
    return switch (path.name(2)) {
      case "path" -> page.path();
      case "url" -> page.url();
      case "referrer" -> page.referrer();
      default -> null;
    };
  }

  @Override
  public boolean inSegment(String key) {
    return false;
  }

  @Override
  public boolean behaved(Behaviour behaviour) {
    return false;
  }
}
