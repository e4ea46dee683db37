package io.marquetry.ingest.core;

import static io.marquetry.ingest.core.SnowplowCalls.first;
import static io.marquetry.ingest.core.SnowplowCalls.number;
import static io.marquetry.ingest.core.SnowplowCalls.put;
import static io.marquetry.ingest.core.SnowplowCalls.text;

import io.marquetry.ingest.core.SnowplowCalls.Happening;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What Snowplow says of shops, three generations of it, in the names that the Segment tracking spec
 * has for it. Where there is one product it is the event's own; several are its {@code products}.
 */
final class SnowplowCommerce {
  private static final Map<String, String> PRODUCT =
      Map.of(
          "id", "productId",
          "sku", "productId",
          "unitPrice", "price",
          "list_price", "listPrice",
          "inventory_status", "inventoryStatus",
          "creative_id", "creativeId");

  private static final Map<String, String> TRANSACTION =
      Map.of(
          "transaction_id", "orderId",
          "revenue", "total",
          "payment_method", "paymentMethod",
          "total_quantity", "quantity",
          "discount_code", "coupon",
          "discount_amount", "discount",
          "credit_order", "creditOrder",
          "refund_amount", "total",
          "refund_reason", "reason");

  private static final Map<String, String> ORDER =
      Map.of(
          "tr_id", "orderId",
          "tr_af", "affiliation",
          "tr_tt", "total",
          "tr_tx", "tax",
          "tr_sh", "shipping",
          "tr_cu", "currency");

  private static final Map<String, String> ITEM =
      Map.of(
          "ti_id", "orderId",
          "ti_sk", "productId",
          "ti_nm", "name",
          "ti_ca", "category",
          "ti_pr", "price",
          "ti_qu", "quantity",
          "ti_cu", "currency");

  private SnowplowCommerce() {}

  /** A transaction event of the protocol itself. */
  static Map<String, Object> order(Map<String, Object> fields) {
    return protocol(fields, ORDER);
  }

  /** A transaction item event of the protocol itself. */
  static Map<String, Object> item(Map<String, Object> fields) {
    return protocol(fields, ITEM);
  }

  private static Map<String, Object> protocol(
      Map<String, Object> fields, Map<String, String> names) {
    var properties = new LinkedHashMap<String, Object>();
    names.forEach(
        (field, name) -> {
          boolean id = name.endsWith("Id"); // an id that looks like a number is none
          put(properties, name, id ? text(fields, field) : number(fields, field));
        });
    return properties;
  }

  /** The data of {@code add_to_cart} and {@code remove_from_cart}. */
  static Map<String, Object> basket(Map<String, Object> data) {
    return renamed(data, PRODUCT);
  }

  private static Map<String, Object> renamed(Map<?, ?> data, Map<String, String> names) {
    var result = new LinkedHashMap<String, Object>();
    data.forEach(
        (field, value) -> {
          var name = String.valueOf(field);
          put(result, names.getOrDefault(name, name), value);
        });
    return result;
  }

  /** The e-commerce action, with the entities that say what it was about. */
  static Happening action(Iglu event, Map<String, List<Object>> entities) {
    var type = String.valueOf(event.data().get("type"));
    var properties = new LinkedHashMap<String, Object>();
    put(properties, "list", event.data().get("name"));
    switch (type) {
      case "transaction" -> properties.putAll(renamed(first(entities, "transaction"), TRANSACTION));
      case "trns_error" ->
          properties.putAll(renamed(first(entities, "transaction_error"), TRANSACTION));
      case "refund" -> properties.putAll(renamed(first(entities, "refund"), TRANSACTION));
      case "checkout_step" -> properties.putAll(first(entities, "checkout_step"));
      case "promo_view", "promo_click" -> properties.putAll(promotion(entities));
      default -> {}
    }
    if (entities.containsKey("cart")) {
      properties.put("cart", renamed(first(entities, "cart"), Map.of("total_value", "total")));
    }
    products(properties, entities, !type.equals("transaction") && !type.equals("list_view"));
    return Happening.track(name(type, properties), properties);
  }

  private static Map<String, Object> promotion(Map<String, List<Object>> entities) {
    return renamed(
        first(entities, "promotion"),
        Map.of("id", "promotionId", "creative_id", "creative", "slot", "position"));
  }

  private static void products(
      Map<String, Object> properties, Map<String, List<Object>> entities, boolean alone) {
    var products = new ArrayList<Map<String, Object>>();
    for (var product : entities.getOrDefault("product", List.of())) {
      if (product instanceof Map<?, ?> data) {
        products.add(renamed(data, PRODUCT));
      }
    }
    if (alone && products.size() == 1) {
      products.getFirst().forEach(properties::putIfAbsent);
    } else if (!products.isEmpty()) {
      properties.put("products", products);
    }
  }

  private static String name(String type, Map<String, Object> properties) {
    return switch (type) {
      case "product_view" -> "Product Viewed";
      case "list_view" -> "Product List Viewed";
      case "list_click" -> "Product Clicked";
      case "add_to_cart" -> "Product Added";
      case "remove_from_cart" -> "Product Removed";
      case "checkout_step" ->
          "1".equals(String.valueOf(properties.get("step")))
              ? "Checkout Started"
              : "Checkout Step Viewed";
      case "transaction" -> "Order Completed";
      case "trns_error" -> "Order Failed";
      case "refund" -> "Order Refunded";
      case "promo_view" -> "Promotion Viewed";
      case "promo_click" -> "Promotion Clicked";
      default -> "snowplow_ecommerce_action";
    };
  }
}
