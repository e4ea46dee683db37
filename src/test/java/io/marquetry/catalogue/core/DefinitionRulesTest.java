package io.marquetry.catalogue.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.catalogue.core.Definitions.Latest;
import io.marquetry.platform.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionRulesTest {
  private static final Definitions SHOP = shop();

  private static Definitions shop() {
    var all = Definitions.NONE;
    all = put(all, Kind.SITE, "demo", "{'key':'demo'}");
    all = put(all, Kind.SEGMENT, "vip", "{'key':'vip','condition':{'traits.plan':'vip'}}");
    all =
        put(
            all,
            Kind.SEGMENT,
            "nested",
            "{'key':'nested','condition':{'$not':{'$inSegment':'vip'}}}");
    all =
        put(
            all,
            Kind.COMPONENT,
            "hero",
            """
            {'key':'hero','fields':[{'key':'title','type':'text','required':true}],
             'template':'<h1>{{title}}</h1>','fallback':['plain']}\
            """);
    all =
        put(
            all,
            Kind.VARIANT,
            "hero/plain",
            "{'component':'hero','key':'plain','content':{'title':'Hi'},'status':'published'}");
    all =
        put(
            all,
            Kind.VARIANT,
            "hero/shown",
            """
            {'component':'hero','key':'shown','content':{'title':'You'},
             'when':{'$inSegment':'vip'},'status':'published'}\
            """);
    all =
        put(
            all,
            Kind.RULE,
            "show-vip",
            """
            {'key':'show-vip','component':'hero','when':{'$inSegment':'vip'},
             'then':{'show':'shown'}}\
            """);
    return put(
        all,
        Kind.PAGE,
        "home",
        """
        {'key':'home','site':'demo','path':'/',
         'template':'<mq-slot component=\\"hero\\">hello</mq-slot>'}\
        """);
  }

  private static Definitions put(Definitions all, Kind kind, String key, String json) {
    var body = DefinitionRules.check(all, kind, key, body(json));
    return all.with(new Latest(kind, key, all.version(kind, key) + 1, body));
  }

  private static Map<String, Object> body(String json) {
    return Json.readOwn(json.replace('\'', '"'));
  }

  @Test
  void check_behaviorsThatAreKnown_areStoredInTheFormTheTagReads() {
    var variant =
        body(
            """
            {'component':'hero','key':'a','content':{'title':'x'},'behavior':
             {'dismiss':true,'countdown':{'to':'2026-01-31T09:00+01:00','over':'Over'}}}\
            """);
    assertThat(DefinitionRules.check(SHOP, Kind.VARIANT, "hero/a", variant))
        .containsEntry(
            "behavior",
            Map.of(
                "dismiss",
                true,
                "countdown",
                Map.of("to", "2026-01-31T08:00:00Z", "over", "Over")));
  }

  @Test
  void check_fieldsLeftOut_areStoredWithTheirDefaults() {
    assertThat(SHOP.body(Kind.SITE, "demo"))
        .containsEntry("identify", "signed")
        .containsEntry("consentDefault", "denied")
        .containsEntry("name", "demo");
    assertThat(SHOP.body(Kind.RULE, "show-vip"))
        .containsEntry("enabled", true)
        .containsEntry("priority", 0L);
    var draft = put(SHOP, Kind.VARIANT, "hero/new", VARIANT_NEW).body(Kind.VARIANT, "hero/new");
    assertThat(draft).containsEntry("status", "draft");
  }

  private static Definitions templated() {
    var all = put(SHOP, Kind.TEMPLATE, "logo", "{'key':'logo','template':'<b>logo</b>'}");
    all = put(all, Kind.TEMPLATE, "head", "{'key':'head','template':'<p>{{> logo}}</p>'}");
    all = put(all, Kind.TEMPLATE, "tag", "{'key':'tag','template':'<i>{{title}}</i>'}");
    all =
        put(
            all,
            Kind.COMPONENT,
            "tagged",
            "{'key':'tagged','fields':[{'key':'title','type':'text'}],'template':'{{> tag}}'}");
    return put(
        all,
        Kind.PAGE,
        "shop",
        """
        {'key':'shop','site':'demo','path':'/shop',
         'template':'{{> head}}<mq-slot component=\\"hero\\"/>'}\
        """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          PAGE | p | {'key':'p','site':'demo','path':'/p','template':'{{> gone}}'} | 1:1: there is no template 'gone'
          COMPONENT | c | {'key':'c','fields':[],'template':'<p>{{> tag}}'} | tag 1:4: no field 'title' is declared
          TEMPLATE | t | {'key':'t','template':'{{> gone}}'} | t 1:1: there is no template 'gone'
          TEMPLATE | t | {'key':'t','template':'{{> t}}'} | t 1:1: a template cannot stand in itself: t > t
          TEMPLATE | t | {'key':'t','template':'{{$ x}}'} | t 1:1: {{$ x}} is never closed
          TEMPLATE | logo | {'key':'logo','template':'{{> head}}'} | logo > head 1:4: a template cannot stand in itself: logo > head > logo
          TEMPLATE | logo | {'key':'logo','template':'<b'} | page shop: head 1:4: {{> logo}} stands inside a tag name
          TEMPLATE | logo | {'key':'logo','template':'<mq-slot component=hero>'} | page shop: head 1:4: {{> logo}} opens or closes
          TEMPLATE | tag | {'key':'tag','template':'{{subtitle}}'} | component tagged: tag 1:1: no field 'subtitle' is declared
          """)
  void check_templateThatDoesNotFit_isRefusedWithThePathToIt(
      Kind kind, String key, String json, String message) {
    assertThatThrownBy(() -> DefinitionRules.check(templated(), kind, key, body(json)))
        .asInstanceOf(type(Refused.class))
        .satisfies(
            refused -> {
              assertThat(refused.field()).isEqualTo("template");
              assertThat(refused.text()).startsWith(message);
            });
  }

  @Test
  void check_template_isStoredWithItsNameAndMayChangeWhereItStillFits() {
    var changed =
        put(templated(), Kind.TEMPLATE, "tag", "{'key':'tag','template':'<u>{{title}}</u>'}");
    assertThat(changed.body(Kind.TEMPLATE, "tag")).containsEntry("name", "tag");
  }

  @ParameterizedTest
  @CsvSource({"logo, template head", "head, page shop", "tag, component tagged"})
  void checkDelete_templateInUse_isRefusedNamingItsUser(String key, String user) {
    assertThatThrownBy(
            () -> DefinitionRules.checkDelete(templated(), List.of(), Kind.TEMPLATE, key))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::text)
        .isEqualTo("template " + key + " is used by " + user);
  }

  @Test
  void checkDelete_componentShownByAPageThroughATemplate_isRefused() {
    var all =
        put(
            templated(),
            Kind.TEMPLATE,
            "head",
            "{'key':'head','template':'<mq-slot component=\\\"tagged\\\"></mq-slot>'}");
    assertThatThrownBy(() -> DefinitionRules.checkDelete(all, List.of(), Kind.COMPONENT, "tagged"))
        .hasMessageContaining("is used by page shop");
  }

  private static final String VARIANT_NEW =
      "{'component':'hero','key':'new','content':{'title':'x'}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SITE | s p | {'key':'s p'} | key | a key is 1 to 64
          SITE | a | {'key':'b'} | key | the site is a
          SITE | a | {'key':'a','idntify':'signed'} | idntify | is unknown; known are
          SITE | a | {'key':'a','identify':'maybe'} | identify | must be one of signed, trusted
          SITE | a | {'key':'a','consentDefault':'yes'} | consentDefault | must be granted, denied
          SITE | a | {'key':'a','consentDefault':{'ads':true}} | consentDefault.ads | unknown purpose
          SITE | a | {'key':'a','consentCategories':['x']} | consentCategories | must be an object
          SITE | a | {'key':'a','consentCategories':{'Ads':'sales'}} | consentCategories.Ads | must be analytics
          SITE | a | {'key':'a','origins':['shop.example']} | origins[0] | must be an origin
          SITE | a | {'key':'a','origins':['https://a.example/path']} | origins[0] | must be an origin
          SITE | a | {'key':'a','gpcStopsPersonalization':1} | gpcStopsPersonalization | true or false
          SEGMENT | a | {'key':'a'} | condition | is required
          SEGMENT | a | {'key':'a','condition':[]} | condition | must be an object
          SEGMENT | a | {'key':'a','condition':{'x':{'$foo':1}}} | condition.x.$foo | unknown operator
          SEGMENT | a | {'key':'a','condition':{'$inSegment':'gone'}} | condition | not defined: gone
          SEGMENT | a | {'key':'a','condition':{'$inSegment':'a'}} | condition | no circle
          SEGMENT | vip | {'key':'vip','condition':{'$inSegment':'nested'}} | condition | no circle
          COMPONENT | a | {'key':'a','template':'x'} | fields | is required
          COMPONENT | a | {'key':'a','fields':[{'key':'t','type':'txt'}],'template':'x'} | fields[0].type | must be one of
          COMPONENT | a | {'key':'a','fields':[{'key':'t','type':'text','size':1}],'template':'x'} | fields[0].size | is unknown
          COMPONENT | a | {'key':'a','fields':[],'template':'{{nope}}'} | template | 1:
          COMPONENT | a | {'key':'a','fields':[],'template':'x','timeout':0} | timeout | must be a number from 1 to 1000
          COMPONENT | a | {'key':'a','fields':[],'template':'x','fallback':['a b']} | fallback[0] | a key is
          COMPONENT | a | {'key':'a','fields':[],'template':'x','strategy':{'kind':'magic'}} | strategy.kind | must be one of first-eligible
          COMPONENT | hero | {'key':'hero','fields':[{'key':'title','type':'text'},{'key':'sub','type':'text','required':true}],'template':'x'} | fields | variant hero/plain would not fit
          VARIANT | gone/a | {'component':'gone','key':'a','content':{}} | component | there is no component gone
          VARIANT | hero/a | {'component':'hero','key':'b','content':{'title':'x'}} | key | the variant is hero/a
          VARIANT | hero/a | {'component':'hero','key':'a','content':{}} | content.title | is required
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':7}} | content.title | must be a string
          VARIANT | hero/a | {'component':'hero','key':'a'} | content | is required
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'status':'live'} | status | must be one of draft, published
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'when':{'$inSegment':'gone'}} | when | not defined: gone
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'requires':['a..b']} | requires[0] | must name a profile field
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'tags':{'colour':'red'}} | tags.colour | is unknown
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'schedule':{'from':'today'}} | schedule.from | must be a time
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'schedule':{'from':'2026-02-01T00:00:00Z','to':'2026-01-01T00:00:00Z'}} | schedule.to | later than from
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'style':{'vars':{'x':'y'}}} | style.vars.x | custom property
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'behavior':{'explode':true}} | behavior.explode | is unknown; known are countdown, dismiss, reveal
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'behavior':{'dismiss':'yes'}} | behavior.dismiss | must be true or false
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'behavior':{'countdown':{}}} | behavior.countdown.to | is required
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'behavior':{'countdown':{'to':'soon'}}} | behavior.countdown.to | must be a time
          VARIANT | hero/a | {'component':'hero','key':'a','content':{'title':'x'},'behavior':{'countdown':{'to':'2026-01-31T08:00:00Z','run':'x()'}}} | behavior.countdown.run | is unknown; known are over, to
          RULE | a | {'key':'a','component':'gone','then':{'show':'x'}} | component | there is no component gone
          RULE | a | {'key':'a','component':'hero'} | then | is required
          RULE | a | {'key':'a','component':'hero','then':{}} | then | exactly one of show, exclude
          RULE | a | {'key':'a','component':'hero','then':{'show':'plain','exclude':['shown']}} | then | exactly one
          RULE | a | {'key':'a','component':'hero','then':{'show':'gone'}} | then.show | has no variant gone
          RULE | a | {'key':'a','component':'hero','then':{'exclude':['plain','gone']}} | then.exclude[1] | has no variant gone
          RULE | a | {'key':'a','component':'hero','then':{'strategy':{'kind':'magic'}}} | then.strategy.kind | must be one of first-eligible
          RULE | a | {'key':'a','component':'hero','then':{'strategy':{'kind':'bandit'}}} | then.strategy.arms | at least two
          RULE | a | {'key':'a','component':'hero','then':{'strategy':{'kind':'experiment'}}} | then.strategy.arms | is required
          COMPONENT | a | {'key':'a','fields':[],'template':'x','strategy':{'kind':'experiment','arms':[{'variant':'x','weight':0}]}} | strategy.arms[0].weight | above 0
          COMPONENT | a | {'key':'a','fields':[],'template':'x','strategy':{'kind':'experiment','arms':[{'variant':'x'},{'variant':'x'}]}} | strategy.arms[1] | twice
          COMPONENT | a | {'key':'a','fields':[],'template':'x','strategy':{'kind':'experiment','arms':[{'variant':'x'}],'namespace':{'key':'n','from':0.5,'to':0.5}}} | strategy.namespace.to | more than from
          RULE | a | {'key':'a','component':'hero','then':{'show':'plain'},'priority':'high'} | priority | must be a number
          RULE | a | {'key':'a','component':'hero','then':{'show':'plain'},'when':{'x':{'$gt':{}}}} | when.x.$gt | expected
          PAGE | a | {'key':'a','site':'gone','path':'/','template':'x'} | site | there is no site gone
          PAGE | a | {'key':'a','site':'demo','path':'a','template':'x'} | path | must begin with /
          PAGE | a | {'key':'a','site':'demo','path':'/a/*/b','template':'x'} | path | no * other than
          PAGE | a | {'key':'a','site':'demo','path':'/a/../b','template':'x'} | path | without . ..
          PAGE | a | {'key':'a','site':'demo','path':'/a','origin':'https://o.example/x'} | origin | must be an origin
          PAGE | a | {'key':'a','site':'demo','path':'/a','origin':'https://o.example','template':'x'} | template | not both
          PAGE | a | {'key':'a','site':'demo','path':'/a'} | template | is required
          PAGE | a | {'key':'a','site':'demo','path':'/a','template':'<mq-slot component="hero">'} | template | never closed
          SETTING | holdout | {'percent':101} | percent | must be a number from 0 to 100
          SETTING | retention | {'decisions':{'days':-1}} | decisions.days | must be a number from 0
          SETTING | retention | {'decisions':{'weeks':1}} | decisions.weeks | unknown
          SETTING | retention | {'bandits':{'days':'x'}} | bandits.days | must be a number from 0
          SETTING | other | {} | key | there is no setting other
          """)
  void check_wrongBody_isRefusedWithItsField(
      Kind kind, String key, String json, String field, String message) {
    // a double quote inside a text of the table has to be escaped in JSON
    var escaped = json.replace("\"", "\\\"");
    assertThatThrownBy(() -> DefinitionRules.check(SHOP, kind, key, body(escaped)))
        .asInstanceOf(type(Refused.class))
        .satisfies(
            refused -> {
              assertThat(refused.reason()).isEqualTo(Reason.INVALID);
              assertThat(refused.field()).isEqualTo(field);
              assertThat(refused.text()).contains(message);
            });
  }

  @Test
  void check_samePathOnTheSameSite_isAConflict() {
    var body = body("{'key':'other','site':'demo','path':'/','template':'x'}");
    assertThatThrownBy(() -> DefinitionRules.check(SHOP, Kind.PAGE, "other", body))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::reason)
        .isEqualTo(Reason.CONFLICT);
  }

  @Test
  void check_textBeyondWhatTheEdgeTakesIn_isRefused() {
    var body = new HashMap<String, Object>();
    body.put("key", "a");
    body.put("site", "demo");
    body.put("path", "/a");
    body.put("template", "x".repeat(Body.MAX_TEXT + 1));
    assertThatThrownBy(() -> DefinitionRules.check(SHOP, Kind.PAGE, "a", body))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::field)
        .isEqualTo("template");
  }

  @ParameterizedTest
  @CsvSource({
    "SITE, demo, page home",
    "SEGMENT, vip, segment nested",
    "COMPONENT, hero, variant hero/plain",
    "VARIANT, hero/plain, component hero",
    "VARIANT, hero/shown, rule show-vip",
  })
  void checkDelete_stillReferredTo_isAConflictNamingIt(Kind kind, String key, String by) {
    assertThatThrownBy(() -> DefinitionRules.checkDelete(SHOP, List.of(), kind, key))
        .asInstanceOf(type(Refused.class))
        .satisfies(
            refused -> {
              assertThat(refused.reason()).isEqualTo(Reason.CONFLICT);
              assertThat(refused.text()).contains(by);
            });
  }

  @Test
  void checkDelete_componentOnlyOnAPage_isAConflictNamingThePage() {
    var all = Definitions.NONE;
    all = put(all, Kind.SITE, "demo", "{'key':'demo'}");
    all = put(all, Kind.COMPONENT, "cta", "{'key':'cta','fields':[],'template':'x'}");
    var page =
        """
        {'key':'p','site':'demo','path':'/p','template':'<mq-slot component=\\"cta\\"/>'}\
        """;
    var last = put(all, Kind.PAGE, "p", page);
    assertThatThrownBy(() -> DefinitionRules.checkDelete(last, List.of(), Kind.COMPONENT, "cta"))
        .hasMessageContaining("page p");
  }

  @Test
  void checkDelete_siteWithKeys_isAConflict() {
    var all = put(Definitions.NONE, Kind.SITE, "demo", "{'key':'demo'}");
    var keys = List.of(new WriteKey("hash", "demo", "write"));
    assertThatThrownBy(() -> DefinitionRules.checkDelete(all, keys, Kind.SITE, "demo"))
        .hasMessageContaining("write keys");
  }

  @Test
  void checkDelete_neverDefined_isNotFound() {
    assertThatThrownBy(() -> DefinitionRules.checkDelete(SHOP, List.of(), Kind.VARIANT, "no slash"))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::reason)
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void checkDelete_nothingRefersToIt_passes() {
    DefinitionRules.checkDelete(SHOP, List.of(), Kind.RULE, "show-vip");
    DefinitionRules.checkDelete(SHOP, List.of(), Kind.SEGMENT, "nested");
    DefinitionRules.checkDelete(SHOP, List.of(), Kind.PAGE, "home");
  }
}
