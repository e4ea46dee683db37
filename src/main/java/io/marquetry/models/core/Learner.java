package io.marquetry.models.core;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Learns from events in the order of the log, each site for itself.
 *
 * <p>Single-threaded. The same events in the same order give the same model, which is why the
 * position of the last one is its version.
 */
public final class Learner {
  private static final Set<String> DEALINGS =
      Set.of("Product Viewed", "Product Clicked", "Product Added", "Order Completed");
  private static final int MAX_PRODUCTS = 50;
  private static final int MAX_SITES = 100;

  private final int maxItems;
  private final int maxTrails;
  private final Map<String, CoOccurrence> sites = new LinkedHashMap<>();
  private long learned;

  /**
   * @param maxItems of a site
   * @param maxTrails visitors of a site whose last items are remembered
   */
  public Learner(int maxItems, int maxTrails) {
    this.maxItems = maxItems;
    this.maxTrails = maxTrails;
  }

  /** Whether there is something to learn from an event. */
  public static boolean teaches(Event event) {
    return event.type() == EventType.TRACK
        && DEALINGS.contains(event.name())
        && !event.is("bot")
        && !items(event).isEmpty();
  }

  private static List<String> items(Event event) {
    var properties = event.object("properties");
    var products = new ArrayList<>(Items.ids(properties.get("products"), MAX_PRODUCTS));
    var single = Items.id(properties);
    if (products.isEmpty() && single != null) {
      products.add(single);
    }
    return products;
  }

  /** Learns from an event that teaches, of a visitor whose consent allows that. */
  public void learn(Id128 visitor, Event event) {
    var site = sites.get(event.site());
    if (site == null) {
      if (sites.size() == MAX_SITES) {
        return;
      }
      site = new CoOccurrence(maxItems, maxTrails);
      sites.put(event.site(), site);
    }
    for (var item : items(event)) {
      site.learn(visitor, item);
    }
    learned++;
  }

  public void forget(Id128 visitor) {
    sites.values().forEach(site -> site.forget(visitor));
  }

  /** Events learned from. */
  public long learned() {
    return learned;
  }

  /** What was learned up to a position of the log. */
  public BuiltIn models(long position) {
    var models = new LinkedHashMap<String, ItemModel>();
    long shed = 0;
    for (var site : sites.entrySet()) {
      models.put(site.getKey(), site.getValue().model(Long.toString(position)));
      shed += site.getValue().shed();
    }
    return new BuiltIn(position, learned, shed, models);
  }
}
