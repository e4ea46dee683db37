package io.marquetry.content;

import static io.marquetry.content.Rendering.fields;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LiveVariantTest {
  private static final List<FieldDefinition> FIELDS =
      fields("title:text!", "body:richtext", "link:url", "n:number", "items:list", "more:list");

  @Test
  void render_liveFields_readTheRequestAndEscape() {
    BoundVariant variant =
        ComponentTemplate.compile(
                "<p title=\"{{title}}\">{{title}}{{#n}}, {{n}}{{/n}}</p>"
                    + "<a href=\"{{link}}\">{{body}}</a>",
                FIELDS)
            .bind(
                Map.of(
                    "title", Map.of("$from", "traits.firstName", "default", "friend"),
                    "body", Map.of("$from", "traits.note"),
                    "link", Map.of("$from", "attributes.link"),
                    "n", Map.of("$from", "visits")));
    assertThat(variant.isStatic()).isFalse();
    assertThat(variant.requiredPaths())
        .containsExactlyInAnyOrder("traits.firstName", "traits.note", "attributes.link", "visits");
    assertThat(Rendering.of(variant, Bindings.NONE))
        .isEqualTo("<p title=\"friend\">friend</p><a href=\"\"></a>");
    Map<String, Object> view =
        Map.of(
            "traits.firstName",
            "A<b>\"",
            "traits.note",
            "<b>bold</b>",
            "attributes.link",
            "javascript:alert(1)",
            "visits",
            3);
    assertThat(Rendering.of(variant, view::get))
        .isEqualTo(
            "<p title=\"A&lt;b&gt;&quot;\">A&lt;b&gt;&quot;, 3</p>"
                + "<a href=\"about:invalid#blocked\">&lt;b&gt;bold&lt;/b&gt;</a>");
    assertThat(variant.content(view::get))
        .isEqualTo(
            Map.of(
                "title",
                "A<b>\"",
                "body",
                "&lt;b&gt;bold&lt;/b&gt;",
                "link",
                UrlPolicy.BLOCKED,
                "n",
                3));
  }

  @Test
  void render_wrongTypes_countAsAbsent() {
    BoundVariant variant =
        ComponentTemplate.compile("{{title}}|{{n}}|{{#items}}x{{/items}}", FIELDS)
            .bind(
                Map.of(
                    "title", Map.of("$from", "a", "default", "d"),
                    "n", Map.of("$from", "b", "default", 7),
                    "items", Map.of("$from", "c")));
    Map<String, Object> view = Map.of("a", List.of("x"), "b", "7", "c", "text");
    assertThat(Rendering.of(variant, view::get)).isEqualTo("d|7|");
  }

  @Test
  void render_recommendedItems_repeatsUpToTheLimitAndSeesOuterFields() {
    BoundVariant variant =
        ComponentTemplate.compile(
                "<ul>{{#items}}<li><a href=\"/p/{{id}}\">{{name}} {{title}}</a></li>{{/items}}"
                    + "{{^items}}<li>{{title}}</li>{{/items}}</ul>",
                FIELDS)
            .bind(Map.of("title", "T", "items", Map.of("$items", true, "limit", 2)));
    assertThat(variant.requiredPaths()).containsExactly(Bindings.ITEMS);
    Object items =
        List.of(
            Map.of("id", "a/b", "name", "<A>"), Map.of("id", 2L, "name", "B"), Map.of("id", 3L));
    Map<String, Object> view = Map.of(Bindings.ITEMS, items);
    assertThat(Rendering.of(variant, view::get))
        .isEqualTo(
            "<ul><li><a href=\"/p/a%2Fb\">&lt;A&gt; T</a></li>"
                + "<li><a href=\"/p/2\">B T</a></li></ul>");
    assertThat(Rendering.of(variant, Bindings.NONE)).isEqualTo("<ul><li>T</li></ul>");
    assertThat(variant.content(view::get).get("items"))
        .isEqualTo(List.of(Map.of("id", "a/b", "name", "<A>"), Map.of("id", 2L, "name", "B")));
  }

  @Test
  void render_liveMemberOfAStaticItem_isResolvedInItsPlace() {
    BoundVariant variant =
        ComponentTemplate.compile("{{#items}}[{{label}}:{{value}}]{{/items}}", FIELDS)
            .bind(
                Map.of(
                    "title",
                    "t",
                    "items",
                    List.of(
                        Map.of("label", "size", "value", Map.of("$from", "traits.size")),
                        Map.of("label", "colour", "value", "red"))));
    Map<String, Object> view = Map.of("traits.size", 42);
    assertThat(Rendering.of(variant, view::get)).isEqualTo("[size:42][colour:red]");
  }

  @Test
  void render_dottedPathIntoALiveMap_followsIt() {
    BoundVariant variant =
        ComponentTemplate.compile("{{#title}}<b>{{title.name}}</b>{{/title}}", FIELDS)
            .bind(Map.of("title", Map.of("$from", "attributes.last")));
    Map<String, Object> view = Map.of("attributes.last", Map.of("name", "Mug"));
    assertThat(Rendering.of(variant, view::get)).isEqualTo("<b>Mug</b>");
    assertThat(Rendering.of(variant, Bindings.NONE)).isEmpty();
  }

  @Test
  void render_hugeLiveValues_areBounded() {
    BoundVariant variant =
        ComponentTemplate.compile(
                "<p>{{title}}</p>{{#items}}{{#a}}{{#a}}<i>{{.}}</i>{{/a}}{{/a}}{{/items}}", FIELDS)
            .bind(
                Map.of("title", Map.of("$from", "t"), "items", Map.of("$from", "i", "limit", 100)));
    Object hundred = Collections.nCopies(100, Map.of("a", Collections.nCopies(500, "z")));
    Object nested = Collections.nCopies(500, Map.of("a", hundred));
    Map<String, Object> view = Map.of("t", "x".repeat(1_000_000), "i", nested);
    String html = Rendering.of(variant, view::get);
    assertThat(html.length()).isLessThan(8_192 + 20_000);
    assertThat(Structure.of(html).shape()).contains("ends in TEXT");
    assertThat(html).startsWith("<p>xx").endsWith("</i>");
  }

  @Test
  void render_liveVariant_handsItsStaticChunksOverByReference() {
    BoundVariant variant =
        ComponentTemplate.compile("<p>{{title}}</p>", FIELDS)
            .bind(Map.of("title", Map.of("$from", "a")));
    Rendering first = new Rendering();
    Rendering second = new Rendering();
    variant.render(path -> "1", first);
    variant.render(path -> "2", second);
    assertThat(first.chunks).hasSize(3);
    assertThat(second.chunks.get(0)).isSameAs(first.chunks.get(0));
    assertThat(second.chunks.get(2)).isSameAs(first.chunks.get(2));
    assertThat(second.html()).isEqualTo("<p>2</p>");
    assertThat(variant.staticLength()).isEqualTo(7);
  }
}
