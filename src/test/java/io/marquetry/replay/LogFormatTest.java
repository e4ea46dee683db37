package io.marquetry.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogFormatTest {
  private static final String PAGE_LINE =
      "10.1.2.3 - - [17/May/2015:10:05:40 +0200] \"GET /blog/a?x=1&y=2 HTTP/1.1\" 200 12251"
          + " \"http://search.example/?q=a\" \"Some Browser/5.0 (X)\"";

  private static Recorded read(LogFormat format, String line) {
    return format.read(line, 7).orElseThrow();
  }

  private static Map<String, Object> product(Object id, String category) {
    return Map.of("product_id", id, "category", category);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "visitor,item,category,event,timestamp_s | taobao",
        "user,item,event | retailrocket",
        "session,ms_since_first_query,event,item,user,date,order | diginetica",
        "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session | rees46",
        "{\"type\":\"page\"} | json",
        "10.0.0.1 - - [17/May/2015:10:05:40 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"B\" | weblog",
      })
  void of_firstLine_tellsTheFormat(String line, String name) {
    assertThat(LogFormat.of(line).name()).isEqualTo(name);
    assertThat(LogFormat.named(name).fits(line)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a,b,c", "user;item;event", "[]", "hello"})
  void of_unknownLine_isMisuse(String line) {
    assertThatThrownBy(() -> LogFormat.of(line)).isInstanceOf(Misuse.class);
  }

  @ParameterizedTest
  @CsvSource({
    "view, Product Viewed",
    "addtocart, Product Added",
    "favourite, Product Added to Wishlist",
  })
  void taobao_deed_isItsEvent(String deed, String event) {
    var read = read(ShopLogs.TAOBAO, "561558,3611281,965809," + deed + ",1511658000");
    assertThat(read.at()).isEqualTo(Instant.parse("2017-11-26T01:00:00Z").toEpochMilli());
    assertThat(read.call())
        .isEqualTo(
            Map.of(
                "type",
                "track",
                "anonymousId",
                "561558",
                "event",
                event,
                "properties",
                product("3611281", "965809")));
  }

  @Test
  void taobao_transaction_isAnOrder() {
    var call = read(ShopLogs.TAOBAO, "5,36,96,transaction,1511658000").call();
    assertThat(call).containsEntry("event", "Order Completed");
    assertThat(call.get("properties"))
        .isEqualTo(
            Map.of(
                "order_id",
                "order-7",
                "products",
                List.of(Map.of("product_id", "36", "category", "96", "quantity", 1))));
  }

  @Test
  void retailrocket_row_keepsItsPlaceInTime() {
    var read = read(ShopLogs.RETAILROCKET, "1,2,addtocart");
    assertThat(read.at()).isEqualTo(7_000);
    assertThat(read.call())
        .containsEntry("anonymousId", "1")
        .containsEntry("event", "Product Added")
        .containsEntry("properties", Map.of("product_id", "2"));
  }

  @Test
  void diginetica_row_hasItsDayItsAccountAndItsOrder() {
    var read = read(ShopLogs.DIGINETICA, "10,5639,transaction,5103,77,2016-04-05,9001");
    assertThat(read.at()).isEqualTo(Instant.parse("2016-04-05T00:00:05.639Z").toEpochMilli());
    assertThat(read.call()).containsEntry("anonymousId", "10").containsEntry("userId", "77");
    assertThat(String.valueOf(read.call().get("properties"))).contains("order-9001", "5103");
    assertThat(read(ShopLogs.DIGINETICA, "10,1,view,5103,,2016-04-05,").call())
        .doesNotContainKey("userId");
  }

  @Test
  void rees46_row_hasPriceBrandAndCategory() {
    var line =
        "2019-10-01 00:00:01 UTC,%s,17200506,2053013559792632471,furniture.living_room.sofa,\"o\"\"k, co\",543.10,519107250,566511c2";
    var viewed = read(ShopLogs.REES46, line.formatted("view"));
    assertThat(viewed.at()).isEqualTo(Instant.parse("2019-10-01T00:00:01Z").toEpochMilli());
    assertThat(viewed.call())
        .containsEntry("anonymousId", "519107250")
        .containsEntry(
            "properties",
            Map.of(
                "product_id", "17200506",
                "category", "furniture.living_room.sofa",
                "brand", "o\"k, co",
                "price", 543.10));
    assertThat(read(ShopLogs.REES46, line.formatted("purchase")).call().get("properties"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("total", 543.10);
    var bare = "2019-10-01 00:00:00 UTC,cart,44600062,2103807459595387724,,,35.79,541312140,72d7";
    assertThat(read(ShopLogs.REES46, bare).call())
        .containsEntry("event", "Product Added")
        .containsEntry(
            "properties",
            Map.of("product_id", "44600062", "category", "2103807459595387724", "price", 35.79));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5,36,96,view",
        "5,36,96,view,1511658000,more",
        "5,36,96,stole,1511658000",
        "5,36,96,view,soon",
        "5,36,96,view,9223372036854775807",
        "5,\"36,96,view,1511658000",
        "5,\"3\"6,96,view,1511658000",
      })
  void shop_damagedRow_isRefused(String line) {
    assertThatThrownBy(() -> ShopLogs.TAOBAO.read(line, 0))
        .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
  }

  @Test
  void weblog_pageDelivered_isAPageViewOfAddressAndBrowser() {
    var format = new WebLog();
    var read = read(format, PAGE_LINE);
    assertThat(read.at()).isEqualTo(Instant.parse("2015-05-17T08:05:40Z").toEpochMilli());
    var page =
        Map.of("path", "/blog/a", "search", "?x=1&y=2", "referrer", "http://search.example/?q=a");
    assertThat(read.call())
        .containsEntry("type", "page")
        .containsEntry("properties", page)
        .containsEntry("context", Map.of("page", page, "userAgent", "Some Browser/5.0 (X)"));
    var device = read.call().get("anonymousId");
    assertThat(read(format, PAGE_LINE.replace("/blog/a", "/b")).call())
        .containsEntry("anonymousId", device);
    assertThat(read(format, PAGE_LINE.replace("10.1.2.3", "10.1.2.4")).call().get("anonymousId"))
        .isNotEqualTo(device);
    assertThat(read(format, PAGE_LINE.replace("Some", "Other")).call().get("anonymousId"))
        .isNotEqualTo(device);
  }

  @ParameterizedTest
  @CsvSource({
    "GET /blog, POST /blog",
    "GET /blog, HEAD /blog",
    "200, 404",
    "200, 301",
    "200, 500",
    "/blog/a?, /style.css?",
    "/blog/a?, /a/pic.PNG?",
    "/blog/a?, /robots.txt?",
  })
  void weblog_otherLines_areNoPageViews(String part, String other) {
    assertThat(new WebLog().read(PAGE_LINE, 0)).isPresent();
    assertThat(new WebLog().read(PAGE_LINE.replace(part, other), 0)).isEmpty();
  }

  @Test
  void weblog_damagedLine_isRefused() {
    var format = new WebLog();
    for (var line :
        List.of("", "hello", PAGE_LINE.replace("May", "Mai"), PAGE_LINE.replace("200", "ok"))) {
      assertThatThrownBy(() -> format.read(line, 0)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void json_call_isAsItIsButForItsTime() {
    var format = new JsonLines();
    var read =
        read(
            format,
            "{\"type\":\"page\",\"anonymousId\":\"a\",\"timestamp\":\"2026-01-01T00:00:00Z\","
                + "\"sentAt\":\"2026-01-01T00:00:01Z\",\"properties\":{\"x\":1}}");
    assertThat(read.at()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
    assertThat(read.call())
        .isEqualTo(Map.of("type", "page", "anonymousId", "a", "properties", Map.of("x", 1L)));
    assertThat(read(format, "{\"type\":\"page\"}").hasTime()).isFalse();
    assertThat(read(format, "{\"timestamp\":\"odd\"}").call()).containsEntry("timestamp", "odd");
    assertThat(format.read(" ", 0)).isEmpty();
    assertThatThrownBy(() -> format.read("{", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void csv_cells_areTakenApart() {
    assertThat(Csv.split("")).containsExactly("");
    assertThat(Csv.split("a,,b,")).containsExactly("a", "", "b", "");
    assertThat(Csv.split("\"\",\"a,b\",\"\"\"\",c\"d")).containsExactly("", "a,b", "\"", "c\"d");
  }
}
