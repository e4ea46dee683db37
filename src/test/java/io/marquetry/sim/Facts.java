package io.marquetry.sim;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A visitor's history as a plain list of events, and what follows from it by looking through all of
 * it each time: slow, and sharing nothing with the code that keeps profiles up to date.
 */
final class Facts {
  /** How many visits the server keeps whole; what it says is exact as long as there are no more. */
  static final int EXACT_VISITS = 4;

  /** How many products it remembers. */
  private static final int VIEWED = 8;

  private static final Comparator<Event> BY_TIME =
      Comparator.comparingLong(Event::at).thenComparing(Event::message);

  private final List<Event> events = new ArrayList<>();
  private final long timeout;

  /**
   * @param timeout milliseconds of silence that end a visit
   */
  Facts(long timeout) {
    this.timeout = timeout;
  }

  void add(Event event) {
    events.add(event);
    events.sort(BY_TIME);
  }

  List<Event> events() {
    return events;
  }

  /** The last word on each trait. */
  Map<String, Object> traits() {
    var traits = new TreeMap<String, Object>();
    for (var event : events) {
      if (event.type() == EventType.IDENTIFY) {
        traits.putAll(event.object("traits"));
      }
    }
    return traits;
  }

  /** Keys of the products looked at last, the latest first. */
  List<Object> recentlyViewed() {
    var products = new LinkedHashSet<>();
    for (var event : events.reversed()) {
      var product = event.object("properties").get("product_id");
      if (event.name().equals("Product Viewed") && product != null) {
        products.add(product);
      }
    }
    return products.stream().limit(VIEWED).toList();
  }

  /** Devices and users that events named. */
  TreeSet<String> identities() {
    var identities = new TreeSet<String>();
    for (var event : events) {
      addText(identities, "anonymous ", event.subject().anonymousId());
      addText(identities, "user ", event.subject().userId());
    }
    return identities;
  }

  private static void addText(TreeSet<String> to, String kind, @Nullable String value) {
    if (value != null) {
      to.add(kind + value);
    }
  }

  long firstSeen() {
    return events.getFirst().at();
  }

  long lastSeen() {
    return events.getLast().at();
  }

  /** How often an event of this name happened at all. */
  long count(String name) {
    return count(name, Long.MIN_VALUE);
  }

  /** How often it happened later than a moment. */
  long count(String name, long after) {
    return events.stream().filter(e -> e.name().equals(name) && e.at() > after).count();
  }

  /** What a property of the events of this name adds up to. */
  double sum(String name, String property) {
    return properties(name, property)
        .mapToDouble(value -> value instanceof Number number ? number.doubleValue() : 0)
        .sum();
  }

  /** How many different values it had. */
  long different(String name, String property) {
    return properties(name, property).distinct().count();
  }

  private Stream<Object> properties(String name, String property) {
    return events.stream()
        .filter(event -> event.name().equals(name))
        .map(event -> event.object("properties").get(property))
        .filter(Objects::nonNull);
  }

  /** How many products were looked at for less than a price. */
  long cheapViews(double below) {
    return properties("Product Viewed", "price")
        .filter(price -> price instanceof Number number && number.doubleValue() < below)
        .count();
  }

  /** Events that lie closer together than the timeout, as runs, the earliest first. */
  List<List<Event>> visits() {
    var visits = new ArrayList<List<Event>>();
    for (var event : events) {
      if (visits.isEmpty() || event.at() - visits.getLast().getLast().at() >= timeout) {
        visits.add(new ArrayList<>());
      }
      visits.getLast().add(event);
    }
    return visits;
  }

  /** The visit going on at a moment; empty where none is. */
  List<Event> visit(long now) {
    var visits = visits();
    return visits.isEmpty() || now - visits.getLast().getLast().at() >= timeout
        ? List.of()
        : visits.getLast();
  }

  /**
   * Whether the server can know visits exactly: in whatever order the events arrived, there were
   * never more visits at a time than it keeps.
   */
  boolean visitsAreExact() {
    long apart = 0;
    long last = Long.MIN_VALUE / 2;
    for (var event : events) {
      if (event.at() - last >= timeout) {
        apart++;
        last = event.at();
      }
    }
    return apart <= EXACT_VISITS;
  }

  /** Whether time alone may have changed an answer in the milliseconds before a moment. */
  boolean isUnsettled(long now, long margin, List<Long> windows) {
    for (var event : events) {
      for (long window : windows) {
        long flip = event.at() + window;
        if (flip > now - margin && flip <= now + margin) {
          return true;
        }
      }
    }
    return false;
  }

  /** How often each name occurs, for messages. */
  @Override
  public String toString() {
    var names = new HashMap<String, Integer>();
    events.forEach(event -> names.merge(event.name(), 1, Integer::sum));
    return events.size() + " events " + Objects.toString(new TreeMap<>(names));
  }
}
