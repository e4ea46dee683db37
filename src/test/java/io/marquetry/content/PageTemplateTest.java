package io.marquetry.content;

import static io.marquetry.content.Rendering.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PageTemplateTest {
  private static final String PAGE =
      """
      <!doctype html><html><head><title>a <mq-slot component="no"></title>
      <script>"<mq-slot component='no'>" // </head></script></head><body>
      <!-- <mq-slot component="no"> --><p title="<mq-slot component='no'>">é</p>
      <mq-slot component="hero" class="wide" id=top data-mq-variant="old"><b>first</b></mq-slot>
      <MQ-Slot COMPONENT='teaser'/><mq-slot component=hero></mq-slot >
      <esi:include src="/mq/components/nav"/><esi:include src="/other"/>
      <textarea><mq-slot component="no"></textarea><style>/*<mq-slot>*/</style></body></html>
      """;

  @Test
  void compile_page_findsSlotsWhereHtmlSeesTags() {
    PageTemplate page = PageTemplate.compile(PAGE);
    assertThat(page.components()).containsExactly("hero", "teaser", "nav");
    assertThat(page.slots())
        .extracting(Slot::component)
        .containsExactly("hero", "teaser", "hero", "nav");
    assertThat(page.slots()).extracting(Slot::index).containsExactly(0, 1, 2, 3);
    assertThat(new String(page.slots().getFirst().defaultMarkup(), StandardCharsets.UTF_8))
        .isEqualTo("<b>first</b>");
    assertThat(page.parts()).contains(Part.Marker.HEAD_END, Part.Marker.BODY_END);
    assertThat(outline(page))
        .containsSubsequence(
            "</script>", "[HEAD_END]", "</head>", "[hero]", "[BODY_END]", "</body>")
        .contains("<esi:include src=\"/other\"/>");
  }

  private static String outline(PageTemplate page) {
    return page.parts().stream()
        .map(
            part ->
                switch (part) {
                  case Part.Static s -> new String(s.bytes(), StandardCharsets.UTF_8);
                  case Slot slot -> "[" + slot.component() + "]";
                  case Part.Marker marker -> "[" + marker + "]";
                })
        .collect(Collectors.joining());
  }

  @Test
  void staticLength_nonAsciiPage_isInBytes() {
    PageTemplate page = PageTemplate.compile("é<mq-slot component=a>ü</mq-slot>😀");
    assertThat(page.staticLength()).isEqualTo(6);
  }

  @Test
  void render_slotWithClassAndStyle_mergesThemAndKeepsAttributes() {
    Slot slot =
        PageTemplate.compile(
                "<mq-slot class='wide' Component='hero' id=top title='a \"b\"' hidden>x</mq-slot>")
            .slots()
            .getFirst();
    VariantStyle style = VariantStyle.parse(Map.of("class", "dark  round"));
    VariantHead head = VariantHead.of("v-1", style, Map.of("click", "<'\">"));
    assertThat(rendered(slot, head))
        .isEqualTo(
            "<mq-slot component=\"hero\" id=\"top\" title=\"a &quot;b&quot;\" hidden"
                + " data-mq-component=\"hero\" class=\"wide dark round\" data-mq-variant=\"v-1\""
                + " data-mq-behavior=\"{&quot;click&quot;:&quot;\\u003c&#39;\\&quot;\\u003e&quot;}\""
                + " data-mq-decision=\"d_1\"><p>Hi</p></mq-slot>");
    assertThat(rendered(Slot.of("hero"), VariantHead.of("v-1", style, null)))
        .isEqualTo(
            "<mq-slot component=\"hero\" data-mq-component=\"hero\" class=\"dark round\""
                + " data-mq-variant=\"v-1\" data-mq-decision=\"d_1\"><p>Hi</p></mq-slot>");
    assertThat(rendered(Slot.of("hero"), VariantHead.of("v-1", VariantStyle.NONE, Map.of())))
        .isEqualTo(
            "<mq-slot component=\"hero\" data-mq-component=\"hero\" data-mq-variant=\"v-1\""
                + " data-mq-decision=\"d_1\"><p>Hi</p></mq-slot>");
  }

  private static String rendered(Slot slot, VariantHead head) {
    BoundVariant variant =
        ComponentTemplate.compile("<p>{{t}}</p>", fields("t:text")).bind(Map.of("t", "Hi"));
    Rendering rendering = new Rendering();
    int length = slot.render(head, Slot.decision("d_1"), variant, Bindings.NONE, rendering);
    assertThat(length).isEqualTo(rendering.length());
    return rendering.html();
  }

  @Test
  void renderDefault_andUntouched_showTheMarkupOfThePage() {
    Slot slot =
        PageTemplate.compile("<mq-slot component=a class=\"k\"><i>é</i></mq-slot>")
            .slots()
            .getFirst();
    Rendering decided = new Rendering();
    int length = slot.renderDefault(VariantHead.DEFAULT, Slot.decision("d"), decided);
    assertThat(length).isEqualTo(decided.length());
    assertThat(decided.html())
        .isEqualTo(
            "<mq-slot component=\"a\" data-mq-component=\"a\" class=\"k\" data-mq-variant=\"default\""
                + " data-mq-decision=\"d\"><i>é</i></mq-slot>");
    Rendering untouched = new Rendering();
    assertThat(slot.renderUntouched(untouched)).isEqualTo(untouched.length());
    assertThat(untouched.html())
        .isEqualTo("<mq-slot component=\"a\" class=\"k\"><i>é</i></mq-slot>");
  }

  @Test
  void render_twice_copiesNothing() {
    Slot slot = Slot.of("hero");
    BoundVariant variant =
        ComponentTemplate.compile("<p>{{t}}</p>", fields("t:text")).bind(Map.of("t", "Hi"));
    byte[] decision = Slot.decision("d");
    Rendering first = new Rendering();
    Rendering second = new Rendering();
    slot.render(VariantHead.DEFAULT, decision, variant, Bindings.NONE, first);
    slot.render(VariantHead.DEFAULT, decision, variant, Bindings.NONE, second);
    assertThat(first.chunks).hasSize(5);
    for (int i = 0; i < first.chunks.size(); i++) {
      assertThat(second.chunks.get(i)).isSameAs(first.chunks.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          a<mq-slot component="a">~1:2~never closed
          <mq-slot component="a"><mq-slot component="b"></mq-slot></mq-slot>~1:24~do not nest
          <p></mq-slot>~1:4~closes nothing
          <mq-slot>x</mq-slot>~1:1~needs component=
          <mq-slot component="a b">x</mq-slot>~1:1~not 'a b'
          <mq-slot component="&#97;"/>~1:1~1 to 64 letters
          <mq-slot component=""></mq-slot>~1:1~1 to 64 letters
          <mq-slot component="a"><script></mq-slot>~1:1~never closed
          """)
  void compile_faultySlot_saysWhere(String page, String where, String why) {
    assertThatThrownBy(() -> PageTemplate.compile(page))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith(where + ": ")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "<p a=\"unfinished",
        "<!-- unfinished",
        "</body>",
        "</head></head>",
        "</body></body>",
        "<script>x</body>",
        "{{not a hole}} {{",
        "\uD800 \0"
      })
  void compile_anyPageWithoutSlots_keepsEveryByte(String source) {
    PageTemplate page = PageTemplate.compile(source);
    List<String> statics =
        page.parts().stream()
            .filter(Part.Static.class::isInstance)
            .map(part -> new String(((Part.Static) part).bytes(), StandardCharsets.UTF_8))
            .toList();
    assertThat(String.join("", statics))
        .isEqualTo(source.replace('\uD800', '\uFFFD').replace('\0', '\uFFFD'));
    assertThat(page.parts().stream().filter(Part.Marker.BODY_END::equals).count())
        .isLessThanOrEqualTo(1);
  }

  @Test
  void compile_slotInForeignContent_andAfterAnSvgThatWasNeverClosed_isFound() {
    PageTemplate page =
        PageTemplate.compile(
            "<svg><style><mq-slot component=a></mq-slot></style></svg>"
                + "<svg><path><p><style><mq-slot></style><mq-slot component=b></mq-slot>");
    assertThat(page.components()).containsExactly("a", "b");
  }
}
