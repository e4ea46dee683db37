package io.marquetry.segmentation.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.condition.Behaviour;
import io.marquetry.condition.Condition;
import io.marquetry.condition.Count;
import io.marquetry.condition.FieldPath;
import io.marquetry.condition.ProfileView;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an event for segments that do not exist yet.
 *
 * @param type {@code page}, {@code track} …
 * @param name for a track call the event's name, else the type
 * @param properties the plain ones, up to a bound
 * @param whole whether {@code properties} are all there were
 */
record RecentEvent(
    String type,
    String name,
    @Nullable String path,
    @Nullable String url,
    Map<String, Object> properties,
    boolean whole) {
  private static final int MAX_PROPERTIES = 12;
  private static final int MAX_TEXT = 128;
  private static final int MAX_URL = 256;

  /** What page calls repeat of their page. */
  private static final Set<String> OF_THE_PAGE = Set.of("path", "url");

  static RecentEvent of(Event event, PageSeen page) {
    boolean view = event.type() == EventType.PAGE;
    var kept = new LinkedHashMap<String, Object>();
    boolean whole = true;
    for (var entry : event.object("properties").entrySet()) {
      if (view && OF_THE_PAGE.contains(entry.getKey())) {
        continue;
      }
      if (kept.size() < MAX_PROPERTIES && isSmall(entry.getKey(), entry.getValue())) {
        kept.put(entry.getKey(), entry.getValue());
      } else {
        whole = false;
      }
    }
    return new RecentEvent(
        event.type().key(),
        event.name(),
        small(page.path()),
        small(page.url()),
        kept.isEmpty() ? Map.of() : kept,
        whole);
  }

  /**
   * What of a behaviour the event surely stands for: a bit for each happening. What was not kept of
   * it counts as unknown.
   */
  int surely(Behaviour behaviour) {
    var happenings = behaviour.happenings();
    int mask = 0;
    for (int i = 0; i < happenings.size(); i++) {
      var one = happenings.get(i);
      mask |= one.event().equals(name) && surely(one.where()) ? 1 << i : 0;
    }
    return mask;
  }

  /** Whether all that a behaviour asks of the event was kept. */
  boolean isSure(Behaviour behaviour) {
    for (var one : behaviour.happenings()) {
      var where = one.where();
      var view = new View();
      if (one.event().equals(name)) {
        boolean concerned = where == null || where.test(view);
        if (view.unsure || (concerned && !whole && reads(behaviour))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether more than that it happened matters. */
  private static boolean reads(Behaviour behaviour) {
    return behaviour instanceof Behaviour.Did did && !(did.measure() instanceof Count);
  }

  private boolean surely(@Nullable Condition where) {
    if (where == null) {
      return true;
    }
    var view = new View();
    return where.test(view) && !view.unsure;
  }

  /** The value of a field, as far as it was kept. */
  @Nullable Object value(FieldPath path) {
    return new View().field(path);
  }

  private static boolean isSmall(String key, @Nullable Object value) {
    return key.length() <= MAX_TEXT
        && (value instanceof Number
            || value instanceof Boolean
            || (value instanceof String text && text.length() <= MAX_TEXT));
  }

  private static @Nullable String small(@Nullable String text) {
    return text != null && text.length() <= MAX_URL ? text : null;
  }

  /** Remembers whether something was asked that cannot be answered any more. */
  private final class View implements ProfileView {
    private boolean unsure;

    @Override
    public @Nullable Object field(FieldPath path) {
      var value =
          switch (path.root()) {
            case "type" -> type;
            case "event" -> type.equals("track") ? name : null;
            case "properties" -> property(path);
            case "context" -> ofPage(path);
            default -> null;
          };
      boolean known = path.root().equals("type") || path.root().equals("event");
      boolean complete = path.root().equals("properties") && whole;
      unsure |= value == null && !known && !complete;
      return value;
    }

    private @Nullable Object property(FieldPath path) {
      var value = path.resolve(properties, 1);
      boolean page = value == null && path.size() == 2 && type.equals("page");
      return page ? place(path.name(1)) : value;
    }

    private @Nullable Object ofPage(FieldPath path) {
      return path.size() == 3 && path.name(1).equals("page") ? place(path.name(2)) : null;
    }

    private @Nullable Object place(String name) {
      return switch (name) {
        case "path" -> path;
        case "url" -> url;
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
}
