package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnowplowCallsTest {
  private static final String OURS = "iglu:com.snowplowanalytics.snowplow";

  /** JSON with single quotes. */
  private static Map<String, Object> json(String text) {
    return Json.readOwn(text.replace('\'', '"'));
  }

  private static Map<String, Object> call(String fields) {
    return call(json(fields), false);
  }

  private static Map<String, Object> call(Map<String, Object> fields, boolean nameless) {
    var translation = SnowplowCalls.of(fields, nameless);
    assertThat(translation).isInstanceOf(Translation.Call.class);
    return ((Translation.Call) translation).json();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, Object> call, String field) {
    assertThat(call.get(field)).isInstanceOf(Map.class);
    return (Map<String, Object>) call.getOrDefault(field, Map.of());
  }

  private static String event(String schema, String data) {
    return "{'e':'ue','duid':'d','ue':{'schema':'"
        + OURS
        + "/unstruct_event/jsonschema/1-0-0','data':{'schema':'"
        + schema
        + "','data':"
        + data
        + "}}";
  }

  private static String entity(String schema, String data) {
    return "{'schema':'" + schema + "','data':" + data + "}";
  }

  private static String with(String event, String... entities) {
    return event
        + ",'co':{'schema':'"
        + OURS
        + "/contexts/jsonschema/1-0-0','data':["
        + String.join(",", entities)
        + "]}}";
  }

  @Test
  void of_pageView_isAPageWithEverythingAroundIt() {
    var call =
        call(
            "{'e':'pv','eid':'m','duid':'d','uid':'u','dtm':'1795341600000','stm':'1795341601500',"
                + "'url':'https://shop.test/shoes/red?utm_source=x#top','page':'Red shoes',"
                + "'refr':'https://search.test/','ua':'Firefox/1','lang':'de-DE','tz':'Europe/Berlin',"
                + "'res':'1920x1080','vp':'800x600','aid':'shop','p':'web','tna':'sp','tv':'js-3.24.0',"
                + "'sid':'s','vid':'3'}");
    assertThat(call)
        .containsEntry("type", "page")
        .containsEntry("name", "Red shoes")
        .containsEntry("messageId", "m")
        .containsEntry("anonymousId", "d")
        .containsEntry("userId", "u")
        .containsEntry("timestamp", "2026-11-22T10:00:00Z")
        .containsEntry("sentAt", "2026-11-22T10:00:01.500Z");
    var page =
        Map.of(
            "url", "https://shop.test/shoes/red?utm_source=x#top",
            "path", "/shoes/red",
            "search", "?utm_source=x",
            "title", "Red shoes",
            "referrer", "https://search.test/");
    assertThat(object(call, "properties")).isEqualTo(page);
    assertThat(object(call, "context"))
        .containsEntry("page", page)
        .containsEntry("userAgent", "Firefox/1")
        .containsEntry("locale", "de-DE")
        .containsEntry("timezone", "Europe/Berlin")
        .containsEntry("screen", Map.of("width", 1920L, "height", 1080L))
        .containsEntry("viewport", Map.of("width", 800L, "height", 600L))
        .containsEntry("library", Map.of("name", "snowplow-js", "version", "3.24.0"))
        .containsEntry(
            "snowplow",
            Map.of(
                "appId",
                "shop",
                "platform",
                "web",
                "namespace",
                "sp",
                "sessionId",
                "s",
                "sessionIndex",
                3L));
  }

  @ParameterizedTest
  @CsvSource({
    "https://shop.test, /, ",
    "https://shop.test?a=1, /, ?a=1",
    "https://shop.test/a/b/, /a/b/, ",
    "https://shop.test/a#x?y, /a, ",
    "https://shop.test/a?b?c#d, /a, ?b?c",
    "/only/path?x, /only/path, ?x",
    "nonsense, , ",
    "file:///home/x.html, /home/x.html, ",
  })
  void of_anyAddress_givesItsPathAndSearch(String url, String path, String search) {
    var page = object(call("{'e':'pv','duid':'d','url':'" + url + "'}"), "properties");
    assertThat(page.get("path")).isEqualTo(path);
    assertThat(page.get("search")).isEqualTo(search);
  }

  @Test
  void of_pagePing_saysHowFarWasScrolled() {
    var call =
        call(
            "{'e':'pp','duid':'d','url':'https://shop.test/a','pp_mix':'0','pp_max':'10','pp_miy':'0','pp_may':'1200'}");
    assertThat(call).containsEntry("type", "track").containsEntry("event", "Page Pinged");
    assertThat(object(call, "properties"))
        .containsEntry("path", "/a")
        .containsEntry("maxX", 10L)
        .containsEntry("maxY", 1200L);
  }

  @Test
  void of_structuredEvent_isNamedByItsAction() {
    var call =
        call(
            "{'e':'se','duid':'d','se_ca':'video','se_ac':'play','se_la':'intro','se_pr':'hd','se_va':'12.5'}");
    assertThat(call).containsEntry("event", "play");
    assertThat(object(call, "properties"))
        .isEqualTo(Map.of("category", "video", "label", "intro", "property", "hd", "value", 12.5));
  }

  @Test
  void of_transactionAndItems_areAnOrderAndPurchases() {
    var order =
        call(
            "{'e':'tr','duid':'d','tr_id':'0815','tr_tt':'59.90','tr_tx':'9.5','tr_sh':'4','tr_cu':'EUR','tr_af':'web'}");
    assertThat(order).containsEntry("event", "Order Completed");
    assertThat(object(order, "properties"))
        .isEqualTo(
            Map.of(
                "orderId",
                "0815",
                "total",
                59.9,
                "tax",
                9.5,
                "shipping",
                4L,
                "currency",
                "EUR",
                "affiliation",
                "web"));
    var item =
        call(
            "{'e':'ti','duid':'d','ti_id':'0815','ti_sk':'007','ti_nm':'Red shoes','ti_ca':'shoes','ti_pr':'29.95','ti_qu':'2'}");
    assertThat(item).containsEntry("event", "Product Purchased");
    assertThat(object(item, "properties"))
        .containsEntry("orderId", "0815")
        .containsEntry("productId", "007")
        .containsEntry("price", 29.95)
        .containsEntry("quantity", 2L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "link_click | {'targetUrl':'https://x.test'} | Link Clicked | url | https://x.test",
        "add_to_cart | {'sku':'7','unitPrice':3.5,'quantity':1} | Product Added | productId | 7",
        "remove_from_cart | {'sku':'7','quantity':1} | Product Removed | productId | 7",
        "site_search | {'terms':['red','shoes']} | Products Searched | query | red shoes",
        "submit_form | {'formId':'f'} | Form Submitted | formId | f",
        "social_interaction | {'action':'like'} | social_interaction | action | like",
      })
  void of_schemasOfSnowplow_haveNamesOfTheSpec(
      String schema, String data, String name, String property, String value) {
    var call = call(event(OURS + "/" + schema + "/jsonschema/1-0-0", data) + "}");
    assertThat(call).containsEntry("type", "track").containsEntry("event", name);
    assertThat(object(call, "properties")).containsEntry(property, value);
  }

  @Test
  void of_screenView_isAScreen() {
    var call =
        call(event(OURS + "/screen_view/jsonschema/1-0-0", "{'name':'Basket','id':'1'}") + "}");
    assertThat(call).containsEntry("type", "screen").containsEntry("name", "Basket");
  }

  @Test
  void of_schemaOfTheSite_keepsItsNameDataAndSchema() {
    var schema = "iglu:com.acme/button_click/jsonschema/2-1-0";
    var call = call(event(schema, "{'id':'buy','deep':{'n':[1,2]}}") + "}");
    assertThat(call).containsEntry("event", "button_click");
    assertThat(object(call, "properties"))
        .isEqualTo(Map.of("id", "buy", "deep", Map.of("n", java.util.List.of(1L, 2L))));
    assertThat(object(call, "context")).containsEntry("snowplow", Map.of("schema", schema));
  }

  @Test
  void of_commerceAction_hasItsEntitiesInOnePlace() {
    var action =
        "iglu:com.snowplowanalytics.snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2";
    var product = "iglu:com.snowplowanalytics.snowplow.ecommerce/product/jsonschema/1-0-0";
    var shoes =
        entity(
            product,
            "{'id':'7','name':'Red shoes','category':'shoes','price':29.95,'currency':'EUR'}");
    var socks = entity(product, "{'id':'8','category':'socks','price':3,'currency':'EUR'}");

    var viewed = call(with(event(action, "{'type':'product_view'}"), shoes));
    assertThat(viewed).containsEntry("event", "Product Viewed");
    assertThat(object(viewed, "properties"))
        .containsEntry("productId", "7")
        .containsEntry("category", "shoes")
        .containsEntry("price", 29.95);

    var list = call(with(event(action, "{'type':'list_view','name':'sale'}"), shoes, socks));
    assertThat(list).containsEntry("event", "Product List Viewed");
    assertThat(object(list, "properties")).containsEntry("list", "sale");
    assertThat((java.util.List<?>) object(list, "properties").get("products")).hasSize(2);

    var bought =
        call(
            with(
                event(action, "{'type':'transaction'}"),
                shoes,
                entity(
                    "iglu:com.snowplowanalytics.snowplow.ecommerce/transaction/jsonschema/1-0-0",
                    "{'transaction_id':'o1','revenue':29.95,'currency':'EUR','payment_method':'card','total_quantity':1}")));
    assertThat(bought).containsEntry("event", "Order Completed");
    assertThat(object(bought, "properties"))
        .containsEntry("orderId", "o1")
        .containsEntry("total", 29.95)
        .containsKey("products");

    var step = "iglu:com.snowplowanalytics.snowplow.ecommerce/checkout_step/jsonschema/1-0-0";
    var begun = call(with(event(action, "{'type':'checkout_step'}"), entity(step, "{'step':1}")));
    assertThat(begun).containsEntry("event", "Checkout Started");
    var on = call(with(event(action, "{'type':'checkout_step'}"), entity(step, "{'step':2}")));
    assertThat(on).containsEntry("event", "Checkout Step Viewed");
    assertThat(object(on, "properties")).containsEntry("step", 2L);
  }

  // ---- who

  @Test
  void of_noDomainUser_isTheSessionsUserOrTheNetworkUser() {
    assertThat(call("{'e':'pv','tnuid':'t','nuid':'n'}")).containsEntry("anonymousId", "t");
    assertThat(call("{'e':'pv','nuid':'n'}")).containsEntry("anonymousId", "n");
    var session = OURS + "/client_session/jsonschema/1-0-2";
    var mobile = with("{'e':'pv','nuid':'n'", entity(session, "{'userId':'s','sessionId':'x'}"));
    assertThat(call(mobile)).containsEntry("anonymousId", "s");
    assertThat(call("{'e':'pv','duid':' '}")).doesNotContainKey("anonymousId");
  }

  @Test
  void of_nameless_hasNoNetworkUserAndSaysThatItsVisitorRefuses() {
    var call = call(json("{'e':'pv','nuid':'n','tnuid':'t'}"), true);
    assertThat(call).doesNotContainKeys("anonymousId", "userId");
    assertThat(object(call, "context"))
        .containsEntry("consent", Map.of("categoryPreferences", Map.of("analytics", false)));
    var named = call(json("{'e':'pv','duid':'d'}"), true);
    assertThat(named).containsEntry("anonymousId", "d");
    assertThat(object(named, "context")).doesNotContainKey("consent");
  }

  // ---- consent

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "allow_all | {'*':true}",
        "allow_selected | {'analytics':true,'functional':true,'*':false}",
        "deny_all | {'*':false}",
        "withdrawn | {'*':false}",
        "expired | {'*':false}",
      })
  void of_consentPreferences_areAConsentObject(String type, String preferences) {
    var data = "{'eventType':'" + type + "','consentScopes':['analytics','functional']}";
    var call = call(event(OURS + "/consent_preferences/jsonschema/1-0-0", data) + "}");
    assertThat(call).containsEntry("event", "Segment Consent Preference Updated");
    assertThat(object(call, "context"))
        .containsEntry("consent", Map.of("categoryPreferences", json(preferences)));
    assertThat(object(call, "properties")).containsEntry("eventType", type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "consent_preferences | {'eventType':'pending'} | consent_preferences",
        "consent_preferences | {'eventType':'implicit_consent'} | consent_preferences",
        "consent_granted | {'expiry':'2027-01-01'} | consent_granted",
        "consent_withdrawn | {'all':false} | consent_withdrawn",
        "consent_withdrawn | {'all':true} | Segment Consent Preference Updated",
      })
  void of_consentEvents_changeNothingUnlessTheyAreAChoice(String schema, String data, String name) {
    var call = call(event(OURS + "/" + schema + "/jsonschema/1-0-0", data) + "}");
    assertThat(call).containsEntry("event", name);
    assertThat(object(call, "context").containsKey("consent"))
        .isEqualTo(name.startsWith("Segment"));
  }

  // ---- when

  @Test
  void of_trueTimestamp_isTakenAsItIs() {
    assertThat(call("{'e':'pv','duid':'d','ttm':'1795341600000','dtm':'1','stm':'2'}"))
        .containsEntry("timestamp", "2026-11-22T10:00:00Z")
        .doesNotContainKey("sentAt");
    assertThat(call("{'e':'pv','duid':'d','stm':'1795341600000'}"))
        .doesNotContainKeys("timestamp", "sentAt");
  }

  // ---- refusals

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | unknown_type | e must be one of",
        "{'e':'xx'} | unknown_type | e must be one of",
        "{'e':['pv']} | unknown_type | e must be one of",
        "{'e':'se','se_ca':'x'} | missing_event | se_ac",
        "{'e':'ue'} | bad_schema | ue_px",
        "{'e':'ue','ue':{}} | bad_schema | ue_px",
        "{'e':'ue','ue':{'data':{'schema':'iglu:only/two','data':{}}}} | bad_schema | ue_px",
        "{'e':'ue','ue':{'data':{'schema':7,'data':{}}}} | bad_schema | ue_px",
        "{'e':'pv','dtm':'yesterday'} | bad_timestamp | dtm must be",
        "{'e':'pv','ttm':'99999999999999999999'} | bad_timestamp | ttm must be",
      })
  void of_whatIsNoEvent_saysWhichField(String fields, String reason, String detail) {
    var translation = SnowplowCalls.of(json(fields), false);
    assertThat(translation).isInstanceOf(Translation.Unclear.class);
    var unclear = (Translation.Unclear) translation;
    assertThat(unclear.reason()).isEqualTo(reason);
    assertThat(unclear.detail()).contains(detail);
  }
}
