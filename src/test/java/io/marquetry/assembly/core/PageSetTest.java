package io.marquetry.assembly.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.content.Slot;
import io.marquetry.kit.Id128;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageSetTest {
  private static final Id128 DECISION = new Id128(1, 2);

  private final List<Definition> definitions = new ArrayList<>();

  private void define(Kind kind, String key, Map<String, Object> body) {
    definitions.removeIf(old -> old.kind() == kind && old.key().equals(key));
    definitions.add(new Definition(kind, key, 1, body));
  }

  private void component(String key, String template) {
    var fields = List.of(Map.of("key", "headline", "type", "text"));
    define(
        Kind.COMPONENT,
        key,
        Map.of("key", key, "name", key, "fields", fields, "template", template));
  }

  private void variant(String component, String key, Object headline) {
    define(
        Kind.VARIANT,
        component + "/" + key,
        Map.of("component", component, "key", key, "content", Map.of("headline", headline)));
  }

  private void page(String key, String path, String template) {
    define(Kind.PAGE, key, Map.of("key", key, "site", "demo", "path", path, "template", template));
  }

  private Catalogue catalogue() {
    return new Catalogue("v", 1, definitions, List.of());
  }

  private PageSet compiled() {
    return PageSet.compile(catalogue(), PageSet.EMPTY);
  }

  private static Decided decided(Map<String, Object> live, Choice... choices) {
    return new Decided(DECISION, Mode.PERSONALIZED, List.of(choices), live, "v", 1);
  }

  private static Choice choice(String component, @Nullable String variant) {
    return new Choice(component, variant, "rule", List.of(), 1, 1, -1);
  }

  private static String assemble(PageSet set, String path, @Nullable Decided decided) {
    var page = set.page(path);
    assertThat(page).isInstanceOf(Page.Own.class);
    var chunks = new Chunks();
    new Assembler(set, new byte[0]).assemble((Page.Own) page, decided, chunks);
    assertThat(chunks.join()).hasSize(chunks.length());
    return new String(chunks.join(), StandardCharsets.UTF_8);
  }

  @Test
  void page_pathsExactAndPrefixed_longestMatchWins() {
    page("home", "/", "<p>home</p>");
    page("all", "/shop/*", "<p>all</p>");
    page("shoes", "/shop/shoes/*", "<p>shoes</p>");
    page("sale", "/shop/shoes/sale", "<p>sale</p>");
    var set = compiled();
    assertThat(set.page("/")).extracting(Page::key).isEqualTo("home");
    assertThat(set.page("/shop/shoes/sale")).extracting(Page::key).isEqualTo("sale");
    assertThat(set.page("/shop/shoes/red")).extracting(Page::key).isEqualTo("shoes");
    assertThat(set.page("/shop/hats")).extracting(Page::key).isEqualTo("all");
    assertThat(set.page("/elsewhere")).isNull();
  }

  @Test
  void assemble_variantChosen_showsItWithItsMarks() {
    component("hero", "<h1>{{headline}}</h1>");
    variant("hero", "enterprise", "Für große <Teams>");
    page("home", "/", "<main><mq-slot component=\"hero\"><h1>Hello</h1></mq-slot></main>");
    var html = assemble(compiled(), "/", decided(Map.of(), choice("hero", "enterprise")));
    assertThat(html)
        .contains("data-mq-component=\"hero\"")
        .contains("data-mq-variant=\"enterprise\"")
        .contains("data-mq-decision=\"" + DECISION + "\"")
        .contains("<h1>Für große &lt;Teams")
        .doesNotContain("Hello");
  }

  private void template(String key, String source) {
    define(Kind.TEMPLATE, key, Map.of("key", key, "name", key, "template", source));
  }

  @Test
  void compile_templateChanged_compilesAnewOnlyWhatIsPutTogetherFromIt() {
    template("layout", "<nav>old</nav><main>{{$ main}}{{/main}}</main>");
    template("label", "<b>{{headline}}</b>");
    component("hero", "{{> label}}");
    component("cta", "{{headline}}");
    variant("hero", "a", "<A>");
    variant("cta", "a", "C");
    var main = "{{$ main}}<mq-slot component=\"hero\"></mq-slot>{{/main}}";
    page("home", "/", "{{< layout}}" + main + "{{/layout}}");
    page("other", "/other", "<p>other</p>");
    var before = compiled();
    var shown = decided(Map.of(), choice("hero", "a"));
    assertThat(assemble(before, "/", shown)).startsWith("<nav>old</nav><main>").contains("&lt;A");

    template("layout", "<nav>new</nav><main>{{$ main}}{{/main}}</main>");
    var layout = PageSet.compile(catalogue(), before);
    assertThat(layout.faults()).isEmpty();
    assertThat(assemble(layout, "/", shown)).startsWith("<nav>new</nav><main>");
    assertThat(layout.page("/other")).isSameAs(before.page("/other"));
    assertThat(layout.variant("hero", "a")).isSameAs(before.variant("hero", "a"));

    template("label", "<i title=\"{{headline}}\"></i>");
    var label = PageSet.compile(catalogue(), layout);
    assertThat(assemble(label, "/", shown)).contains("<i title=\"&lt;A").contains("<nav>new");
    assertThat(label.page("/")).isSameAs(layout.page("/"));
    assertThat(label.variant("cta", "a")).isSameAs(before.variant("cta", "a"));
  }

  @Test
  void assemble_nothingDecided_leavesThePageAsItStands() {
    component("hero", "<h1>{{headline}}</h1>");
    var source = "<main><mq-slot component=\"hero\"><h1>Hello</h1></mq-slot></main>";
    page("home", "/", source);
    assertThat(assemble(compiled(), "/", null)).contains("<h1>Hello</h1>");
  }

  @Test
  void assemble_variantUnknown_showsTheDefaultAndSparesTheNeighbour() {
    component("hero", "<h1>{{headline}}</h1>");
    variant("hero", "a", "A");
    page(
        "home",
        "/",
        "<mq-slot component=\"hero\">kept out</mq-slot><mq-slot component=\"cta\">left"
            + " in</mq-slot>");
    var html =
        assemble(compiled(), "/", decided(Map.of(), choice("hero", "a"), choice("cta", "gone")));
    assertThat(html).contains("<h1>A</h1>").contains("left in").doesNotContain("kept out");
  }

  @Test
  void assemble_liveBinding_showsTheVisitorsValue() {
    component("hero", "<h1>{{headline}}</h1>");
    variant("hero", "named", Map.of("$from", "traits.firstName", "default", "you"));
    page("home", "/", "<mq-slot component=\"hero\">x</mq-slot>");
    var set = compiled();
    var known = decided(Map.of("traits.firstName", "Ada & Co"), choice("hero", "named"));
    assertThat(assemble(set, "/", known)).contains("<h1>Ada &amp; Co</h1>");
    assertThat(assemble(set, "/", decided(Map.of(), choice("hero", "named"))))
        .contains("<h1>you</h1>");
  }

  @Test
  void compile_oneDefinitionBroken_isNamedAndNeighboursLive() {
    component("hero", "<h1 onclick=\"{{headline}}\">no</h1>");
    variant("hero", "a", "A");
    component("cta", "<b>{{headline}}</b>");
    variant("cta", "a", "A");
    var set = compiled();
    assertThat(set.faults()).hasSize(2).anyMatch(fault -> fault.startsWith("component hero"));
    assertThat(set.variant("cta", "a")).isNotNull();
    assertThat(set.variant("hero", "a")).isNull();
  }

  @Test
  void compile_uponAnEarlierSet_takesOverWhatDidNotChange() {
    component("hero", "<h1>{{headline}}</h1>");
    variant("hero", "a", "A");
    variant("hero", "b", "B");
    var first = compiled();
    variant("hero", "b", "B2");
    var second = PageSet.compile(catalogue(), first);
    assertThat(second.variant("hero", "a")).isSameAs(first.variant("hero", "a"));
    assertThat(second.variant("hero", "b")).isNotEqualTo(first.variant("hero", "b"));
  }

  @Test
  void compile_componentChanged_variantsAreBoundAnew() {
    component("hero", "<h1>{{headline}}</h1>");
    variant("hero", "a", "A");
    page("home", "/", "<mq-slot component=\"hero\">x</mq-slot>");
    var first = compiled();
    component("hero", "<h2>{{headline}}</h2>");
    var second = PageSet.compile(catalogue(), first);
    assertThat(assemble(second, "/", decided(Map.of(), choice("hero", "a"))))
        .contains("<h2>A</h2>");
  }

  private void published(String component, String key, Map<String, Object> more) {
    var body = new java.util.HashMap<String, Object>(more);
    body.put("component", component);
    body.put("key", key);
    body.put("status", "published");
    body.putIfAbsent("content", Map.of("headline", "Hi"));
    define(Kind.VARIANT, component + "/" + key, body);
  }

  private void chain(String component, String... variants) {
    var fields = List.of(Map.of("key", "headline", "type", "text"));
    define(
        Kind.COMPONENT,
        component,
        Map.of(
            "key",
            component,
            "fields",
            fields,
            "template",
            "<p>{{headline}}</p>",
            "fallback",
            List.of(variants)));
  }

  @Test
  void assemble_nothingDecided_endsTheChainWithWhatAnybodyMaySee() {
    chain("hero", "loyal", "plain");
    published("hero", "loyal", Map.of("when", Map.of("isReturning", true)));
    published("hero", "plain", Map.of());
    page("home", "/", "<mq-slot component=\"hero\">Hello</mq-slot>");
    assertThat(assemble(compiled(), "/", null))
        .contains("data-mq-variant=\"plain\"", "<p>Hi</p>")
        .doesNotContain("data-mq-decision", "Hello");
  }

  @Test
  void renderUndecided_foreignEncoding_writesOursInAscii() {
    chain("hero", "plain");
    published("hero", "plain", Map.of("content", Map.of("headline", "Grüße")));
    var chunks = new Chunks();
    var set = compiled();
    assertThat(new Assembler(set, new byte[0]).renderUndecided(Slot.of("hero"), true, chunks))
        .isTrue();
    assertThat(new String(chunks.join(), StandardCharsets.US_ASCII)).contains("Gr&#252;&#223;e");
  }

  @Test
  void shared_firstOfTheChainAsksForNothing_isForEverybody() {
    chain("nav", "draft", "plain", "other");
    variant("nav", "draft", "x");
    published("nav", "plain", Map.of());
    published("nav", "other", Map.of());
    var set = compiled();
    assertThat(set.shared("nav")).isSameAs(set.variant("nav", "plain"));
    assertThat(set.lastResort("nav")).isSameAs(set.variant("nav", "other"));
  }

  @Test
  void shared_anythingSteersTheComponent_isNot() {
    chain("nav", "conditional", "plain");
    published("nav", "conditional", Map.of("when", Map.of("isReturning", true)));
    published("nav", "plain", Map.of());
    assertThat(compiled().shared("nav")).as("a condition comes first").isNull();
    assertThat(compiled().lastResort("nav")).isNotNull();

    published("nav", "conditional", Map.of());
    assertThat(compiled().shared("nav")).isNotNull();
    define(Kind.SETTING, "holdout", Map.of("percent", 5L));
    assertThat(compiled().shared("nav")).as("the control group sees another").isNull();
    define(Kind.SETTING, "holdout", Map.of("percent", 0L));
    define(Kind.RULE, "r", Map.of("key", "r", "then", Map.of("never", List.of("nav"))));
    assertThat(compiled().shared("nav")).as("a rule names it").isNull();
  }

  @Test
  void page_withOrigin_isProxied() {
    define(
        Kind.PAGE,
        "shop",
        Map.of("key", "shop", "site", "demo", "path", "/*", "origin", "https://shop.example"));
    assertThat(compiled().page("/any/thing"))
        .isEqualTo(new Page.Proxied("shop", "demo", "/*", new Origin(true, "shop.example", 443)));
  }
}
