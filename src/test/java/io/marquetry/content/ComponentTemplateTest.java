package io.marquetry.content;

import static io.marquetry.content.Rendering.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ComponentTemplateTest {
  private static final List<FieldDefinition> HERO =
      fields(
          "title:text!",
          "body:richtext",
          "link:url",
          "picture:image",
          "price:number",
          "featured:boolean",
          "items:list");

  @Test
  void render_everyFieldType_givesTheGoldenMarkup() {
    String html =
        Rendering.of(
            """
            <section class="hero{{#featured}} hero--featured{{/featured}}">
              <h1>{{title}}</h1>
              <div>{{body}}</div>
              {{#price}}<b>{{price}}</b>{{/price}}{{^price}}<i>ask us</i>{{/price}}
              <a href="{{link}}" title='{{title}}'><img src="{{picture}}" alt="{{title}}"></a>
              <ul>{{#items}}<li data-id="{{id}}">{{name}} {{item.price}} {{title}}</li>{{/items}}</ul>
            </section>
            """,
            HERO,
            Map.of(
                "title",
                "Tea & \"Cake\" <3",
                "body",
                "<p onclick=x()>Hi <script>alert(1)</script><b>there</b></p>",
                "link",
                " https://shop.example/?a=1&b=2 ",
                "picture",
                "data:image/png;base64,AAAA",
                "price",
                9.50,
                "featured",
                true,
                "items",
                List.of(
                    Map.of("id", 1, "name", "Mug", "price", 7.0),
                    Map.of("id", 2, "name", "Pot", "price", 30, "title", "own"))));
    assertThat(html)
        .isEqualTo(
            """
            <section class="hero hero--featured">
              <h1>Tea &amp; &quot;Cake&quot; &lt;3</h1>
              <div><p>Hi <b>there</b></p></div>
              <b>9.5</b>
              <a href="https://shop.example/?a=1&amp;b=2" title='Tea &amp; &quot;Cake&quot; &lt;3'>\
            <img src="data:image/png;base64,AAAA" alt="Tea &amp; &quot;Cake&quot; &lt;3"></a>
              <ul><li data-id="1">Mug 7 Tea &amp; &quot;Cake&quot; &lt;3</li>\
            <li data-id="2">Pot 30 own</li></ul>
            </section>
            """);
  }

  @Test
  void render_absentValues_writeNothingAndInvertSections() {
    String template =
        "<p>{{title}}{{#featured}}F{{/featured}}{{^featured}}-{{/featured}}"
            + "{{^items}}none{{/items}}{{#price}}P{{/price}}</p>";
    Map<String, Object> content = new HashMap<>();
    content.put("title", "t");
    content.put("featured", false);
    content.put("items", List.of());
    content.put("price", null);
    assertThat(Rendering.of(template, HERO, content)).isEqualTo("<p>t-none</p>");
    content.put("price", 0);
    assertThat(Rendering.of(template, HERO, content)).isEqualTo("<p>t-noneP</p>");
  }

  @Test
  void render_nestedListsAndScalars_followScopes() {
    String template =
        "{{#items}}<h2>{{name}}</h2>{{#tags}}<b>{{.}}</b>{{#sub}}<i>{{x.y}}{{name}}</i>{{/sub}}"
            + "{{/tags}}{{/items}}";
    Object items =
        List.of(
            Map.of("name", "A", "tags", List.of("p", "<q>")),
            Map.of(
                "name",
                "B",
                "tags",
                List.of(Map.of("sub", List.of(Map.of("x", Map.of("y", true)))))));
    assertThat(Rendering.of(template, HERO, Map.of("title", "t", "items", items)))
        .isEqualTo("<h2>A</h2><b>p</b><b>&lt;q&gt;</b><h2>B</h2><b></b><i>trueB</i>");
  }

  @Test
  void render_booleanAttributeSection_mayStandBetweenAttributes() {
    String template = "<input type=\"checkbox\" {{#featured}} checked {{/featured}} name=\"a\">";
    assertThat(Rendering.of(template, HERO, Map.of("title", "t", "featured", true)))
        .isEqualTo("<input type=\"checkbox\"  checked  name=\"a\">");
  }

  @Test
  void render_urlParts_areEncodedAndCannotChangeTheAddress() {
    String template =
        "<a href=\"/p/{{title}}?q={{title}}&amp;to={{link}}#{{title}}\"></a>"
            + "<a href=\"{{title}}\"></a><img srcset=\"{{picture}} 1x, {{picture}} 2x\">";
    assertThat(
            Rendering.of(
                template,
                HERO,
                Map.of("title", "a/b:ü &\"", "link", "https://x.example/", "picture", "/a b.png,")))
        .isEqualTo(
            "<a href=\"/p/a%2Fb%3A%C3%BC%20%26%22?q=a%2Fb%3A%C3%BC%20%26%22"
                + "&amp;to=https%3A%2F%2Fx.example%2F#a%2Fb%3A%C3%BC%20%26%22\"></a>"
                + "<a href=\"a/b:ü &amp;&quot;\"></a>"
                + "<img srcset=\"/a%20b.png%2C 1x, /a%20b.png%2C 2x\">");
  }

  @Test
  void render_staticVariant_isOneChunkByReferenceWithLengthInBytes() {
    BoundVariant variant =
        ComponentTemplate.compile("<p>{{title}} · {{price}}</p>", HERO)
            .bind(Map.of("title", "Grüße 😀", "price", 3));
    Rendering first = new Rendering();
    Rendering second = new Rendering();
    variant.render(Bindings.NONE, first);
    variant.render(Bindings.NONE, second);
    assertThat(variant.isStatic()).isTrue();
    assertThat(first.chunks).hasSize(1);
    assertThat(second.chunks.getFirst()).isSameAs(first.chunks.getFirst());
    assertThat(variant.staticLength())
        .isEqualTo("<p>Grüße 😀 · 3</p>".getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void bind_emptyTemplate_isStaticAndEmpty() {
    BoundVariant variant = ComponentTemplate.compile("", List.of()).bind(Map.of());
    assertThat(variant.isStatic()).isTrue();
    assertThat(Rendering.of(variant, Bindings.NONE)).isEmpty();
  }

  @Test
  void bind_wrongContent_namesTheField() {
    ComponentTemplate template = ComponentTemplate.compile("<p>{{title}}</p>", HERO);
    record Case(Map<String, ?> content, String field, String says) {}
    List<Case> cases =
        List.of(
            new Case(Map.of(), "title", "is required"),
            new Case(Map.of("title", ""), "title", "is required"),
            new Case(Map.of("title", 3), "title", "must be a string"),
            new Case(Map.of("title", "t", "price", "3"), "price", "must be a number"),
            new Case(Map.of("title", "t", "price", Double.NaN), "price", "finite"),
            new Case(Map.of("title", "t", "featured", 1), "featured", "true or false"),
            new Case(Map.of("title", "t", "items", Map.of()), "items", "must be a list"),
            new Case(
                Map.of("title", "t", "items", List.of(Map.of("a", new Object()))),
                "items[0].a",
                "JSON"),
            new Case(Map.of("title", Map.of("$from", "a..b")), "title", "dotted path"),
            new Case(Map.of("title", Map.of("$items", true)), "title", "type list"),
            new Case(Map.of("title", Map.of("$from", "a", "limits", 1)), "title", "limits"),
            new Case(
                Map.of("title", "t", "items", Map.of("$from", "a", "limit", 101)),
                "items",
                "limit"),
            new Case(
                Map.of("title", Map.of("$from", "a", "default", 1)), "title.default", "string"));
    for (Case each : cases) {
      assertThatThrownBy(() -> template.bind(each.content()))
          .as("%s", each)
          .isInstanceOfSatisfying(
              InvalidContentException.class, e -> assertThat(e.field()).isEqualTo(each.field()))
          .hasMessageContaining(each.says());
    }
  }

  @Test
  void bind_outputTooLarge_isRefused() {
    ComponentTemplate template =
        ComponentTemplate.compile("{{#items}}{{#a}}" + "x".repeat(200) + "{{/a}}{{/items}}", HERO);
    Object hundred = java.util.Collections.nCopies(100, 1);
    Map<String, ?> content =
        Map.of("title", "t", "items", java.util.Collections.nCopies(100, Map.of("a", hundred)));
    assertThatThrownBy(() -> template.bind(content)).hasMessageContaining("renders to more than");
  }

  @Test
  void bind_fourNestedLists_areRefused() {
    ComponentTemplate template =
        ComponentTemplate.compile(
            "{{#items}}{{#.}}{{#.}}{{#.}}x{{/.}}{{/.}}{{/.}}{{/items}}", HERO);
    Object three = List.of(List.of(List.of("a")));
    assertThat(Rendering.of(template.bind(Map.of("title", "t", "items", three)), Bindings.NONE))
        .isEqualTo("x");
    assertThatThrownBy(() -> template.bind(Map.of("title", "t", "items", List.of(three))))
        .hasMessageContaining("lists nest deeper than 3");
  }

  @Test
  void bind_blockedAddressAndUndeclaredField_warnAndRender() {
    BoundVariant variant =
        ComponentTemplate.compile("<a href=\"{{link}}\">{{title}}</a>", HERO)
            .bind(Map.of("title", "t", "link", "javascript:alert(1)", "other", 1));
    assertThat(Rendering.of(variant, Bindings.NONE))
        .isEqualTo("<a href=\"about:invalid#blocked\">t</a>");
    assertThat(variant.warnings())
        .hasSize(2)
        .anySatisfy(warning -> assertThat(warning).startsWith("link: the address has a scheme"))
        .anySatisfy(warning -> assertThat(warning).startsWith("other: "));
    assertThat(variant.content(Bindings.NONE))
        .containsEntry("link", UrlPolicy.BLOCKED)
        .containsEntry("other", 1);
  }

  @Test
  void parse_faultyFields_nameTheMember() {
    assertThatThrownBy(() -> FieldDefinition.parse(Map.of("key", "a", "type", "colour")))
        .hasMessageContaining("type: must be one of text, richtext, url");
    assertThatThrownBy(
            () -> FieldDefinition.parseAll(List.of(Map.of("key", "a b", "type", "text"))))
        .hasMessageContaining("fields[0].key");
    assertThatThrownBy(
            () ->
                FieldDefinition.parseAll(
                    List.of(Map.of("key", "a", "type", "text"), Map.of("key", "a", "type", "url"))))
        .hasMessageContaining("declared twice");
    assertThat(FieldDefinition.parse(Map.of("key", "a", "type", "richtext")))
        .isEqualTo(new FieldDefinition("a", FieldType.RICHTEXT, false, "a"));
  }
}
