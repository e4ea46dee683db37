package io.marquetry.assembly.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageFrameTest {
  private static final String LINK = "<link rel=stylesheet>";

  private final List<Definition> definitions = new ArrayList<>();

  /** A component with one variant that everybody is shown. */
  private void component(String key) {
    define(
        Kind.COMPONENT,
        key,
        Map.of(
            "key",
            key,
            "name",
            key,
            "fields",
            List.of(),
            "template",
            "<p>" + key + "</p>",
            "fallback",
            List.of("only")));
    define(
        Kind.VARIANT,
        key + "/only",
        Map.of("component", key, "key", "only", "content", Map.of(), "status", "published"));
  }

  private void personal(String key) {
    component(key);
    define(Kind.RULE, "of-" + key, Map.of("key", "of-" + key, "component", key));
  }

  private void define(Kind kind, String key, Map<String, Object> body) {
    definitions.add(new Definition(kind, key, 1, body));
  }

  private PageSet with(String template) {
    var all = new ArrayList<>(definitions);
    var page = Map.<String, Object>of("key", "p", "site", "s", "path", "/p", "template", template);
    all.add(new Definition(Kind.PAGE, "p", 1, page));
    return PageSet.compile(new Catalogue("v", 1, all, List.of()), PageSet.EMPTY);
  }

  private String frame(String template) {
    var set = with(template);
    var frame = new Chunks();
    if (!(set.page("/p") instanceof Page.Own page)) {
      throw new AssertionError(set.faults());
    }
    new PageFrame(set, LINK.getBytes(StandardCharsets.UTF_8), "/at/").write(page, frame);
    return new String(frame.join(), StandardCharsets.UTF_8);
  }

  @Test
  void frame_slots_becomeIncludes() {
    personal("hero");
    component("footer");
    assertThat(
            frame(
                "<head></head><b>é</b><mq-slot component=hero class=w>own</mq-slot>-<mq-slot"
                    + " component=\"footer\"/>"))
        .isEqualTo(
            "<head>"
                + LINK
                + "</head><b>é</b><esi:include src=\"/at/hero?slot=p.0\""
                + " alt=\"/at/hero/fallback?slot=p.0\" onerror=\"continue\"/>-"
                + "<esi:include src=\"/at/footer\" onerror=\"continue\"/>");
  }

  @Test
  void frame_slotWithAttributes_isIncludedAsOneOfThisPage() {
    component("footer");
    assertThat(frame("<mq-slot component=footer id=x></mq-slot>")).contains("?slot=p.0\"");
    assertThat(frame("<mq-slot component=footer class=\"a\"/>")).contains("?slot=p.0\"");
    assertThat(frame("<mq-slot component=footer>own</mq-slot>")).doesNotContain("?slot=");
  }

  @Test
  void frame_componentNobodyKnows_isIncludedAsItsSlot() {
    assertThat(frame("<mq-slot component=none>own</mq-slot>")).contains("/at/none?slot=p.0\"");
  }

  @Test
  void slot_byName_isFoundAlsoOnceThePageChanged() {
    personal("hero");
    var set =
        with(
            "<mq-slot component=\"cta\"/><mq-slot component=\"hero\"/><mq-slot"
                + " component=\"hero\"/>");
    assertThat(index(set, "p.2")).isEqualTo(2);
    assertThat(index(set, "p.1")).isEqualTo(1);
    assertThat(index(set, "p.0")).as("holds another component").isEqualTo(1);
    assertThat(index(set, "p.99")).isEqualTo(1);
    for (var wrong : List.of("", "p", "q.1", ".1")) {
      assertThat(PlacedSlot.find(set, "hero", wrong)).as(wrong).isNull();
    }
    assertThat(PlacedSlot.find(set, "footer", "p.0")).isNull();
  }

  private static int index(PageSet set, String name) {
    var placed = PlacedSlot.find(set, "hero", name);
    return placed == null ? -1 : placed.slot().index();
  }
}
