package io.marquetry.content;

import static io.marquetry.content.Rendering.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts, partials and blocks, in pages and in components. */
final class TemplatesTest {
  private static final Templates SHOP =
      Templates.of(
          Map.ofEntries(
              Map.entry("footer", "<footer>(c)</footer>"),
              Map.entry("empty", ""),
              Map.entry("word", "wide"),
              Map.entry("area", "area"),
              Map.entry(
                  "shop",
                  "<!doctype html><html lang=\"{{$ lang}}en{{/lang}}\"><head><title>{{$"
                      + " title}}Shop{{/title}}</title></head><body {{$ attrs}}{{/attrs}}>{{$"
                      + " main}}<p>nothing</p>{{/main}}{{> footer}}</body></html>"),
              Map.entry(
                  "article",
                  "{{< shop}}{{$ main}}<article>{{$ text}}soon{{/text}}</article>{{/main}}{{$"
                      + " title}}Article{{/title}}{{/shop}}"),
              Map.entry("card", "<b>{{$ title}}card{{/title}}</b>"),
              Map.entry("twice", "{{> card}}{{> card}}"),
              Map.entry("price", "<i title=\"{{label}}\">{{price}}</i>"),
              Map.entry("link", "<a href=\"{{to}}\">{{label}}</a>"),
              Map.entry("query", "?q={{label}}"),
              Map.entry("list", "{{#items}}<li>{{name}}</li>{{/items}}"),
              Map.entry("row", "<li>{{name}}</li>"),
              Map.entry(
                  "hero", "<mq-slot component=\"hero\"><p>{{$ text}}hi{{/text}}</p></mq-slot>"),
              Map.entry("open-tag", "<p class=\""),
              Map.entry("open-title", "<title>"),
              Map.entry("open-slot", "<mq-slot component=\"a\">"),
              Map.entry("open-svg", "<svg>"),
              Map.entry("open-section", "{{#items}}"),
              Map.entry("less", "a <"),
              Map.entry("brace", "{"),
              Map.entry("script", "<script>1</script>"),
              Map.entry("handler", "onclick=\"x\""),
              Map.entry("a", "-{{> b}}"),
              Map.entry("b", "\n  <p>{{> c}}"),
              Map.entry("c", "{{< a}}{{/a}}"),
              Map.entry("self", "{{> self}}"),
              Map.entry("gone", "x{{> nowhere}}"),
              Map.entry("bad", "<p>\n{{$ x}}")));

  private static String page(String source) {
    return outline(PageTemplate.compile(source, SHOP));
  }

  private static String outline(PageTemplate page) {
    return page.parts().stream()
        .map(
            part ->
                switch (part) {
                  case Part.Static s -> new String(s.bytes(), StandardCharsets.UTF_8);
                  case Slot slot ->
                      "["
                          + slot.component()
                          + " "
                          + new String(slot.defaultMarkup(), StandardCharsets.UTF_8)
                          + "]";
                  case Part.Marker marker -> "";
                })
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          <p>{{> footer}}</p>~<p><footer>(c)</footer></p>
          {{>footer}}{{>  footer  }}~<footer>(c)</footer><footer>(c)</footer>
          a{{> empty}}b{{> empty}}~ab
          {{$ x}}default{{/x}}~default
          {{$ x}}<b>{{$ y}}in{{/y}}</b>{{/x}}~<b>in</b>
          {{< card}}{{/card}}~<b>card</b>
          {{< card}}{{$ title}}A{{/title}}{{/card}}~<b>A</b>
          {{< card}} {{$ title}}A{{/title}} {{/card}}~<b>A</b>
          {{< card}}{{$ other}}A{{/other}}{{/card}}~<b>card</b>
          {{< card}}{{$ title}}{{/title}}{{/card}}~<b></b>
          {{< twice}}{{$ title}}A{{/title}}{{/twice}}~<b>A</b><b>A</b>
          {{< card}}{{$ title}}{{< card}}{{$ title}}in{{/title}}{{/card}}{{/title}}{{/card}}~<b><b>in</b></b>
          {{< card}}{{$ title}}{{> card}}{{/title}}{{/card}}~<b><b>card</b></b>
          {{< card}}{{$ title}}{{$ title}}inner{{/title}}{{/title}}{{/card}}~<b>inner</b>
          {{< shop}}{{/shop}}~<!doctype html><html lang="en"><head><title>Shop</title></head><body ><p>nothing</p><footer>(c)</footer></body></html>
          {{< shop}}{{$ lang}}de{{/lang}}{{$ attrs}}class="x"{{/attrs}}{{$ title}}Hut & Tuch{{/title}}{{$ main}}<h1>ü</h1>{{/main}}{{/shop}}~<!doctype html><html lang="de"><head><title>Hut & Tuch</title></head><body class="x"><h1>ü</h1><footer>(c)</footer></body></html>
          {{< article}}{{$ text}}news{{/text}}{{/article}}~<!doctype html><html lang="en"><head><title>Article</title></head><body ><article>news</article><footer>(c)</footer></body></html>
          {{< article}}{{$ title}}Mine{{/title}}{{/article}}~<!doctype html><html lang="en"><head><title>Mine</title></head><body ><article>soon</article><footer>(c)</footer></body></html>
          <p class="{{> word}} {{$ c}}b{{/c}}">~<p class="wide b">
          <p class='{{> word}}'>~<p class='wide'>
          <textarea>{{> word}}</textarea>~<textarea>wide</textarea>
          <svg><title>{{> word}}</title></svg>~<svg><title>wide</title></svg>
          <div {{$ a}}hidden{{/a}} {{$ b}}{{/b}}>~<div hidden >
          <div{{$ a}} hidden{{/a}}>~<div hidden>
          x{{> hero}}y~x[hero <p>hi</p>]y
          {{< hero}}{{$ text}}<b>you</b>{{/text}}{{/hero}}~[hero <p><b>you</b></p>]
          <mq-slot component="{{> word}}">d{{> empty}}</mq-slot>~[wide d]
          <script>{{> footer}}{{$ x}}</script><!-- {{> footer}} --><style>{{> x}}</style>{{> word}}~<script>{{> footer}}{{$ x}}</script><!-- {{> footer}} --><style>{{> x}}</style>wide
          {{ vue }} {{ $t('x') }} {{{raw}}} {{#if a}}{{/if}} {{> word}}~{{ vue }} {{ $t('x') }} {{{raw}}} {{#if a}}{{/if}} wide
          {{/never}} {{ {{> word}} {{~{{/never}} {{ wide {{
          {{$ items}}{{#items}}x{{/items}}{{/items}}~{{#items}}x{{/items}}
          """)
  void page_putTogether_isTheTextThatWouldBeWrittenByHand(String source, String expected) {
    assertThat(page(source)).isEqualTo(expected);
  }

  @Test
  void page_putTogether_isInNoMorePiecesThanOneWrittenByHand() {
    var page =
        PageTemplate.compile("{{< article}}{{$ text}}a{{> hero}}b{{/text}}{{/article}}", SHOP);
    var plain =
        PageTemplate.compile(
            outline(page).replace("[hero <p>hi</p>]", "<mq-slot component=hero></mq-slot>"));
    assertThat(page.parts()).hasSameSizeAs(plain.parts());
    assertThat(page.uses()).containsExactlyInAnyOrder("article", "shop", "footer", "hero");
    assertThat(plain.uses()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          <p>\\n {{> nowhere}}~2:2: there is no template 'nowhere'
          {{> gone}}~gone 1:2: there is no template 'nowhere'
          {{> self}}~self 1:1: a template cannot stand in itself: self > self
          {{> a}}~a > b > c 1:1: a template cannot stand in itself: a > b > c > a
          {{> bad}}~bad 2:1: {{$ x}} is never closed
          {{< card}}~1:1: {{< card}} is never closed
          x{{$ a}}{{$ b}}{{/a}}{{/b}}~1:16: {{/a}} closes nothing here; expected {{/b}}
          {{< card}}x{{/card}}~1:11: only blocks
          {{< card}}{{> word}}{{/card}}~1:11: only blocks
          {{< card}}{{< card}}{{/card}}{{/card}}~1:11: only blocks
          {{< card}}{{$ t}}{{/t}}{{$ t}}{{/t}}{{/card}}~1:24: block 't' is filled twice
          {{> open-tag}}x">~1:1: {{> open-tag}} ends in another HTML context
          {{> open-title}}</title>~1:1: {{> open-title}} ends in another HTML context
          {{> open-svg}}</svg>~1:1: {{> open-svg}} ends in another HTML context
          {{> open-slot}}</mq-slot>~1:1: {{> open-slot}} opens or closes what is not wholly inside it
          {{> less}}b>~1:1: {{> less}} stands inside a tag name
          <{{> word}}>~1:2: {{> word}} stands inside a tag name
          <p a={{> word}}>~1:6: {{> word}} stands in an attribute value without quotes
          <p a{{> word}}="x">~1:5: {{> word}} stands touching an attribute name
          <!doctype {{> word}}>{{> word}}{{> nowhere}}~1:32: there is no template
          {{< shop}}{{$ lang}}"><script>1</script><p class="{{/lang}}{{/shop}}~1:11: {{$ lang}} ends in another HTML context
          {{< shop}}{{$ lang}}x" y="{{/lang}}{{/shop}}~1:11: {{$ lang}} ends in another HTML context
          {{< shop}}{{$ title}}</title>{{/title}}{{/shop}}~1:11: {{$ title}} ends in another HTML context
          {{< shop}}{{$ main}}<mq-slot component="a b"></mq-slot>{{/main}}{{/shop}}~1:21: component must be
          {{< shop}}{{$ main}}\\n<p>\\n <mq-slot></mq-slot>{{/main}}{{/shop}}~3:2: <mq-slot> needs component
          """)
  void page_cannotBePutTogether_saysOnWhichPathAndWhere(String source, String message) {
    assertThatThrownBy(() -> page(source.replace("\\n", "\n")))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith(message);
  }

  private static String component(String source, Map<String, Object> content) {
    var fields = fields("label:text", "to:url", "price:number", "items:list", "rich:richtext");
    return Rendering.of(
        ComponentTemplate.compile(source, fields, SHOP).bind(content), Bindings.NONE);
  }

  private static final Map<String, Object> HOSTILE =
      Map.of(
          "label",
          "<b>\"x\"&'",
          "to",
          "javascript:alert(1)",
          "price",
          7,
          "items",
          List.of(Map.of("name", "<1>"), Map.of("name", "2")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {{> price}}~<i title="&lt;b&gt;&quot;x&quot;&amp;&#39;">7</i>
          {{> link}}~<a href="about:invalid#blocked">&lt;b&gt;&quot;x&quot;&amp;&#39;</a>
          <a href="/s{{> query}}">x</a>~<a href="/s?q=%3Cb%3E%22x%22%26%27">x</a>
          <p title="{{> query}}">~<p title="?q=&lt;b&gt;&quot;x&quot;&amp;&#39;">
          <ul>{{> list}}</ul>~<ul><li>&lt;1></li><li>2</li></ul>
          <ul>{{#items}}{{> row}}{{/items}}</ul>~<ul><li>&lt;1></li><li>2</li></ul>
          {{^items}}{{> link}}{{/items}}{{#label}}{{> word}}{{/label}}~wide
          {{< card}}{{$ title}}{{label}}{{/title}}{{/card}}~<b>&lt;b>&quot;x&quot;&amp;&#39;</b>
          a{{! note {{> word}}b~ab
          """)
  void component_holesInPartials_areEscapedWhereTheyComeToStand(String source, String expected) {
    assertThat(component(source, HOSTILE).replace("&gt;", ">"))
        .isEqualTo(expected.replace("&gt;", ">"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {{> row}}~row 1:5: no field 'name' is declared
          {{> script}}~script 1:1: refused: a script element
          <p {{> handler}}>~handler 1:1: refused: the event handler onclick
          <p style="{{> word}}">~1:11: {{> word}} stands inside a style attribute
          <p onclick="{{> word}}">~1:13: {{> word}} stands the event handler
          {{> open-section}}x{{/items}}~1:1: {{> open-section}} opens or closes what is not wholly inside it
          {{#items}}{{> open-section}}{{/items}}{{/items}}~1:11: {{> open-section}} opens or closes
          {{> hero}}~hero 1:1: refused: a slot inside a component
          {{> brace}}{label}}~1:1: {{> brace}} stands in the middle
          <textarea></text{{> area}}>~1:17: {{> area}} stands inside a tag name
          <a href="{{> word}}:x">~1:4: the scheme of href is not allowed
          <a href="java{{$ s}}script:{{/s}}x">~1:4: the scheme of href is not allowed
          <a href="{{$ s}}{{label}}{{/s}}:x">~1:4: href makes up its scheme
          <script>{{> word}}</script>~1:1: refused
          <style>{{> word}}</style>~1:8: a template tag inside a style element
          {{> p q}}~1:1: '> p q' is no field name
          """)
  void component_partialsThatWouldBreakOut_areRefused(String source, String message) {
    assertThatThrownBy(() -> component(source, HOSTILE))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 33})
  void compose_deepChain_isBounded(int depth) {
    var sources = new HashMap<String, String>();
    for (int i = 0; i < depth; i++) {
      sources.put("t" + i, "{{> t" + (i + 1) + "}}");
    }
    sources.put("t" + depth, "end");
    var templates = Templates.of(sources);
    if (depth < 32) {
      assertThat(outline(PageTemplate.compile("{{> t0}}", templates))).isEqualTo("end");
    } else {
      assertThatThrownBy(() -> templates.check("t0"))
          .hasMessageContaining("deeper than 32")
          .hasMessageContaining("t30 > t31");
    }
  }

  @Test
  void compose_templatesThatMultiply_areBounded() {
    var sources = new HashMap<String, String>();
    for (int i = 0; i < 20; i++) {
      sources.put("t" + i, ("{{> t" + (i + 1) + "}}").repeat(10));
    }
    sources.put("t20", "");
    assertThatThrownBy(() -> Templates.of(sources).check("t0"))
        .hasMessageContaining("more than 5000");
    sources.put("t20", "x".repeat(60_000));
    assertThatThrownBy(() -> Templates.of(sources).check("t18"))
        .hasMessageContaining("longer than " + PageTemplate.MAX_SOURCE);
    var component = "{{> t19}}";
    assertThatThrownBy(() -> ComponentTemplate.compile(component, List.of(), Templates.of(sources)))
        .hasMessageContaining("longer than " + ComponentTemplate.MAX_SOURCE);
    assertThatThrownBy(() -> Templates.named("{{> x}}".repeat(2_001))).hasMessageContaining("2000");
    assertThatThrownBy(() -> Templates.named("{{$ x}}".repeat(100))).hasMessageContaining("64");
  }

  @Test
  void named_everyTag_namesWhatStandsInFillingsToo() {
    assertThat(
            Templates.named(
                "{{> a}}{{< b}}{{$ x}}{{> c}}{{/x}}{{/b}}{{$ y}}{{> d}}{{/y}}{{e}}<!--{{> f}}-->"))
        .containsExactlyInAnyOrder("a", "b", "c", "d");
  }

  @Test
  void same_templatesWithOneChange_tellsWhatIsTouchedByIt() {
    var changed = Templates.of(Map.of("footer", "new", "word", "wide"));
    assertThat(changed.same(SHOP, PageTemplate.compile("{{> word}}", SHOP).uses())).isTrue();
    assertThat(changed.same(SHOP, PageTemplate.compile("{{> footer}}", SHOP).uses())).isFalse();
  }
}
