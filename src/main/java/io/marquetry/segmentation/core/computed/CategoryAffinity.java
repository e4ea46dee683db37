package io.marquetry.segmentation.core.computed;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which categories of products a visitor leans to: {@code attributes.affinity.category.<name>}, see
 * {@link Leaning}; half-life 7 days.
 *
 * <p>Weights follow the effort: a look 1, a wish 2, into the cart 3, bought 5 (once for each
 * category of an order). The category is {@code properties.category}, for orders that of each of
 * {@code properties.products}, for page views also {@code context.page.category}. Ordering implicit
 * signals by effort and fading them is the usual practice for implicit feedback (Hu, Koren,
 * Volinsky, "Collaborative filtering for implicit feedback datasets", 2008, call it confidence);
 * the very numbers are ours, and what they are worth is measured in {@code docs/attributes.md}.
 */
final class CategoryAffinity {
  private static final double LOOK = 1;
  private static final Map<String, Double> WEIGHTS =
      Map.of(
          "Product Viewed", LOOK,
          "Product Clicked", LOOK,
          "Product List Viewed", LOOK,
          "Product Shared", 2.0,
          "Product Reviewed", 2.0,
          "Product Added to Wishlist", 2.0,
          "Product Added", 3.0,
          "Order Completed", 5.0);

  private CategoryAffinity() {}

  static void read(Deed deed, List<Signal> into) {
    double weight = deed.isView() ? LOOK : weight(deed);
    if (weight == 0) {
      return;
    }
    var categories = new TreeSet<String>();
    categories.add(Deed.key(deed.property("category")));
    if (deed.isView()) {
      categories.add(Deed.key(deed.page("category")));
    } else if (deed.name().startsWith("Order")) {
      deed.products().forEach(product -> categories.add(Deed.key(product.get("category"))));
    }
    for (var category : categories) {
      if (!category.isEmpty()) {
        into.add(new Signal(Kind.CATEGORY, category, deed.at(), deed.name(), weight));
      }
    }
  }

  private static double weight(Deed deed) {
    return deed.isTrack() ? WEIGHTS.getOrDefault(deed.name(), 0.0) : 0;
  }
}
