package io.marquetry.segmentation.core.computed;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much the price decides: {@code attributes.priceSensitivity}, from 0 to 1, null while nothing
 * speaks for it; <i>P / (P + N + 2)</i>, half-life 30 days.
 *
 * <p><i>P</i> is what shows a search for a lower price: a coupon entered (1) or applied (2), a
 * promotion clicked (1), a list sorted or filtered by price (1), a page of class or topic {@code
 * sale}, {@code offers} … seen (0.5), something put into the cart with a coupon (2), an order with
 * a coupon or a discount (4). <i>N</i> is what shows that the full price was paid: an order without
 * (4), something put into the cart without (0.5). The 2 stands for knowing nothing: it keeps a
 * single coupon from saying much, and pulls the value down as signals fade. It is the mean of a
 * beta distribution with the prior (0, 2), a common way to estimate a rate from few trials; coupons
 * and bought promotions as its signs are those of "deal proneness" in marketing (Blattberg et al.,
 * "Identifying the deal prone segment", 1978).
 */
final class PriceSensitivity {
  private static final String FOR = "offer";
  private static final String AGAINST = "full-price";
  private static final double PRIOR = 2;
  private static final double LEAST = 0.02;
  private static final Set<String> OFFERS =
      Set.of("sale", "sales", "offer", "offers", "deals", "promotion", "promotions", "outlet");

  private PriceSensitivity() {}

  static void read(Deed deed, List<Signal> into) {
    if (deed.isView()) {
      if (OFFERS.contains(Deed.key(deed.page("class")))
          || OFFERS.contains(Deed.key(deed.page("topic")))) {
        into.add(signal(deed, FOR, 0.5));
      }
      return;
    }
    if (!deed.isTrack()) {
      return;
    }
    switch (deed.name()) {
      case "Coupon Entered", "Promotion Clicked" -> into.add(signal(deed, FOR, 1));
      case "Coupon Applied" -> into.add(signal(deed, FOR, 2));
      case "Product List Filtered" -> {
        if (mentionsPrice(deed.property("sorts")) || mentionsPrice(deed.property("filters"))) {
          into.add(signal(deed, FOR, 1));
        }
      }
      case "Product Added" ->
          into.add(isReduced(deed) ? signal(deed, FOR, 2) : signal(deed, AGAINST, 0.5));
      case "Order Completed" ->
          into.add(isReduced(deed) ? signal(deed, FOR, 4) : signal(deed, AGAINST, 4));
      default -> {}
    }
  }

  private static Signal signal(Deed deed, String key, double weight) {
    return new Signal(Kind.PRICE, key, deed.at(), deed.name(), weight);
  }

  private static boolean isReduced(Deed deed) {
    return Deed.isText(deed.property("coupon"))
        || Deed.isPositive(deed.property("discount"))
        || deed.products().stream().anyMatch(product -> Deed.isText(product.get("coupon")));
  }

  /** {@code [{type: "price", value: "asc"}]}, as the e-commerce part of the spec has it. */
  private static boolean mentionsPrice(@Nullable Object list) {
    return list instanceof List<?> all
        && all.stream()
            .anyMatch(
                one ->
                    one instanceof Map<?, ?> map
                        && "price".equals(Deed.key(map.get("type")))
                        && !"desc".equals(Deed.key(map.get("value"))));
  }

  static @Nullable Double of(Signals signals, long moment) {
    double search = signals.mass(Kind.PRICE, FOR, moment);
    double full = signals.mass(Kind.PRICE, AGAINST, moment);
    double value = search / (search + full + PRIOR);
    return value < LEAST ? null : (Double) Rounded.of(value);
  }
}
