package io.marquetry.replay;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Logs of what people did in shops, as they are published for research: a table with a row for each
 * deed. The deeds become the events of the e-commerce part of the tracking spec.
 */
record ShopLogs(String name, String header, Row row) implements LogFormat {
  static final ShopLogs TAOBAO =
      new ShopLogs("taobao", "visitor,item,category,event,timestamp_s", ShopLogs::taobao);
  static final ShopLogs RETAILROCKET =
      new ShopLogs("retailrocket", "user,item,event", ShopLogs::retailrocket);
  static final ShopLogs DIGINETICA =
      new ShopLogs(
          "diginetica",
          "session,ms_since_first_query,event,item,user,date,order",
          ShopLogs::diginetica);
  static final ShopLogs REES46 =
      new ShopLogs(
          "rees46",
          "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session",
          ShopLogs::rees46);

  /** What one row says. */
  interface Row {
    Recorded of(List<String> cells, long row);
  }

  @Override
  public boolean fits(String firstLine) {
    return firstLine.strip().equals(header);
  }

  @Override
  public boolean hasHeader() {
    return true;
  }

  @Override
  public Optional<Recorded> read(String line, long number) {
    var cells = Csv.split(line);
    int columns = Csv.split(header).size();
    if (cells.size() != columns) {
      throw new IllegalArgumentException(
          "it has " + cells.size() + " columns instead of " + columns);
    }
    return Optional.of(row.of(cells, number));
  }

  private static Recorded taobao(List<String> cells, long row) {
    var product = product(cells.get(1), cells.get(2));
    long at = Math.multiplyExact(Long.parseLong(cells.get(4)), 1_000L);
    return new Recorded(at, call(cells.get(0), cells.get(3), product, "order-" + row));
  }

  /** Without times; one second apart keeps the order. */
  private static Recorded retailrocket(List<String> cells, long row) {
    var product = product(cells.get(1), "");
    return new Recorded(row * 1_000, call(cells.get(0), cells.get(2), product, "order-" + row));
  }

  /** A session is a device; who has an account is named as well. */
  private static Recorded diginetica(List<String> cells, long row) {
    var day = LocalDate.parse(cells.get(5)).atStartOfDay().toInstant(ZoneOffset.UTC);
    var product = product(cells.get(3), "");
    var call = call(cells.get(0), cells.get(2), product, "order-" + cells.get(6));
    if (!cells.get(4).isEmpty()) {
      call.put("userId", cells.get(4));
    }
    return new Recorded(day.toEpochMilli() + Long.parseLong(cells.get(1)), call);
  }

  private static Recorded rees46(List<String> cells, long row) {
    var time = cells.get(0).replace(" UTC", "").replace(' ', 'T');
    var category = cells.get(4).isEmpty() ? cells.get(3) : cells.get(4);
    var product = product(cells.get(2), category);
    if (!cells.get(5).isEmpty()) {
      product.put("brand", cells.get(5));
    }
    if (!cells.get(6).isEmpty()) {
      product.put("price", Double.valueOf(cells.get(6)));
    }
    var call = call(cells.get(7), cells.get(1), product, "order-" + row);
    return new Recorded(LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli(), call);
  }

  private static Map<String, Object> product(String id, String category) {
    var product = new LinkedHashMap<String, Object>();
    product.put("product_id", id);
    if (!category.isEmpty()) {
      product.put("category", category);
    }
    return product;
  }

  private static Map<String, Object> call(
      String visitor, String deed, Map<String, Object> product, String order) {
    var call = new LinkedHashMap<String, Object>();
    call.put("type", "track");
    call.put("anonymousId", visitor);
    call.put(
        "event",
        switch (deed) {
          case "view" -> "Product Viewed";
          case "addtocart", "cart" -> "Product Added";
          case "remove_from_cart" -> "Product Removed";
          case "favourite" -> "Product Added to Wishlist";
          case "transaction", "purchase" -> "Order Completed";
          default -> throw new IllegalArgumentException("'" + deed + "' is no known deed");
        });
    boolean bought = deed.equals("transaction") || deed.equals("purchase");
    call.put("properties", bought ? order(order, product) : product);
    return call;
  }

  private static Map<String, Object> order(String id, Map<String, Object> product) {
    var line = new LinkedHashMap<>(product);
    line.put("quantity", 1);
    var order = new LinkedHashMap<String, Object>();
    order.put("order_id", id);
    if (product.containsKey("price")) {
      order.put("total", product.get("price"));
    }
    order.put("products", List.of(line));
    return order;
  }
}
