package io.marquetry.catalogue.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Refused;
import io.marquetry.catalogue.core.Definitions.Latest;
import io.marquetry.platform.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaRulesTest {
  private static final Definitions SHOP =
      put(
          put(Definitions.NONE, Kind.SITE, "demo", "{'key':'demo'}"),
          Kind.SCHEMA,
          "order",
          "{'key':'order','event':'Order Completed','schema':{'required':['total']}}");

  private static Definitions put(Definitions all, Kind kind, String key, String json) {
    var body = DefinitionRules.check(all, kind, key, body(json));
    return all.with(new Latest(kind, key, 1, body));
  }

  private static Map<String, Object> body(String json) {
    return Json.readOwn(json.replace('\'', '"'));
  }

  @Test
  void check_fieldsLeftOut_areStoredWithTheirDefaults() {
    assertThat(SHOP.body(Kind.SCHEMA, "order"))
        .containsEntry("mode", "enforce")
        .containsEntry("target", "properties")
        .containsEntry("name", "order")
        .doesNotContainKey("site");
    var who = put(SHOP, Kind.SCHEMA, "who", "{'key':'who','event':'identify','schema':{}}");
    assertThat(who.body(Kind.SCHEMA, "who")).containsEntry("target", "traits");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'key':'a','schema':{}} | event
          {'key':'a','event':'A'} | schema
          {'key':'a','event':'A','schema':{'type':'objekt'}} | schema
          {'key':'a','event':'A','schema':{'$ref':'https://elsewhere.example/'}} | schema
          {'key':'a','event':'A','schema':{},'mode':'log'} | mode
          {'key':'a','event':'A','schema':{},'target':'body'} | target
          {'key':'a','event':'A','schema':{},'site':'gone'} | site
          {'key':'a','event':'A','schema':{},'kind':'x'} | kind
          {'key':'a','event':'Order Completed','schema':{}} | event
          """)
  void check_fault_isRefusedWithItsField(String json, String field) {
    assertThatThrownBy(() -> DefinitionRules.check(SHOP, Kind.SCHEMA, "a", body(json)))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.field()).isEqualTo(field));
  }

  @Test
  void check_sameEventOfASite_isAnother() {
    var json = "{'key':'demo-order','event':'Order Completed','site':'demo','schema':{}}";
    var both = put(SHOP, Kind.SCHEMA, "demo-order", json);
    assertThat(both.has(Kind.SCHEMA, "demo-order")).isTrue();
    assertThatThrownBy(() -> DefinitionRules.checkDelete(both, List.of(), Kind.SITE, "demo"))
        .hasMessageContaining("demo-order");
    DefinitionRules.checkDelete(both, List.of(), Kind.SCHEMA, "demo-order");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [{'pattern':'('}] | pagePatterns[0].pattern
          [{'pattern':'a'}] | pagePatterns[0]
          'x' | pagePatterns
          """)
  void check_patternsOfPages_areRefusedWithTheirField(String patterns, String field) {
    var site = body("{'key':'s','pagePatterns':" + patterns + "}");
    assertThatThrownBy(() -> DefinitionRules.check(SHOP, Kind.SITE, "s", site))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.field()).isEqualTo(field));
  }
}
