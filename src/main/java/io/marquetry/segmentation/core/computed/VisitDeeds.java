package io.marquetry.segmentation.core.computed;

import io.marquetry.bus.IngestMessage.Event;
import java.util.List;

/**
 * How far a visit has come, as counts.
 *
 * <p>Design note: whole numbers only, so that neither the order of events nor the joining of two
 * visits makes a difference. Most events change nothing and most visits stay at {@link #NONE}.
 *
 * @param products how often a product was looked at
 * @param added how often something was put into the cart
 * @param valued pages whose value is known
 * @param cents the sum of their values in hundredths
 */
public record VisitDeeds(
    long products,
    long added,
    long checkouts,
    long payments,
    long orders,
    long valued,
    long cents) {
  public static final VisitDeeds NONE = new VisitDeeds(0, 0, 0, 0, 0, 0, 0);

  private static final double CENTS = 100;
  private static final double MOST_CENTS = 1e11;

  /** These and what an event adds to them. */
  public VisitDeeds and(Event event) {
    var deed = new Deed(event);
    if (deed.isView()) {
      return plus(view(deed));
    }
    return deed.isTrack() ? plus(track(deed.name())) : this;
  }

  private static VisitDeeds view(Deed deed) {
    long product = "product".equals(deed.page("class")) ? 1 : 0;
    long checkout = "checkout".equals(deed.page("class")) ? 1 : 0;
    long cents = -1;
    if (deed.page("value") instanceof Number value && value.doubleValue() >= 0) {
      cents = (long) Math.min(MOST_CENTS, Math.rint(value.doubleValue() * CENTS));
    }
    return product + checkout == 0 && cents < 0
        ? NONE
        : new VisitDeeds(product, 0, checkout, 0, 0, cents < 0 ? 0 : 1, Math.max(0, cents));
  }

  private static VisitDeeds track(String name) {
    return switch (name) {
      case "Product Viewed" -> new VisitDeeds(1, 0, 0, 0, 0, 0, 0);
      case "Product Added" -> new VisitDeeds(0, 1, 0, 0, 0, 0, 0);
      case "Checkout Started" -> new VisitDeeds(0, 0, 1, 0, 0, 0, 0);
      case "Payment Info Entered" -> new VisitDeeds(0, 0, 0, 1, 0, 0, 0);
      case "Order Completed" -> new VisitDeeds(0, 0, 0, 0, 1, 0, 0);
      default -> NONE;
    };
  }

  /** Of two visits that turned out to be one. */
  public VisitDeeds plus(VisitDeeds other) {
    return other.equals(NONE)
        ? this
        : new VisitDeeds(
            products + other.products,
            added + other.added,
            checkouts + other.checkouts,
            payments + other.payments,
            orders + other.orders,
            valued + other.valued,
            cents + other.cents);
  }

  /** For storing; empty where nothing was counted. */
  public List<Object> toJson() {
    return equals(NONE)
        ? List.of()
        : List.of(products, added, checkouts, payments, orders, valued, cents);
  }

  /** What was stored; counts that are missing are zero. */
  public static VisitDeeds of(List<Object> json) {
    return json.isEmpty()
        ? NONE
        : new VisitDeeds(
            count(json, 0),
            count(json, 1),
            count(json, 2),
            count(json, 3),
            count(json, 4),
            count(json, 5),
            count(json, 6));
  }

  private static long count(List<Object> json, int index) {
    return index < json.size() && json.get(index) instanceof Number number ? number.longValue() : 0;
  }

  /** Mean value of the pages seen. */
  double value() {
    return valued == 0 ? 0 : cents / CENTS / valued;
  }
}
