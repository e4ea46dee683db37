package io.marquetry.content;

import static io.marquetry.content.Rendering.fields;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real-data")
final class HostileContentTest {
  private static final ComponentTemplate ALL_CONTEXTS =
      ComponentTemplate.compile(
          "<p class=\"{{text}}\" title='{{text}}'>{{text}}</p><textarea>{{text}}</textarea>"
              + "<a href=\"{{url}}\">{{text}}</a><a id='part' href='/p/{{text}}?{{text}}'>x</a>"
              + "<img src=\"{{image}}\" srcset='{{image}} 1x, {{url}} 2x'>"
              + "<svg><title>{{text}}</title><text x='{{text}}'>{{text}}</text></svg>"
              + "{{#list}}<li id=\"{{x}}\"><a href='{{x}}'>{{x}}</a></li>{{/list}}",
          fields("text:text", "url:url", "image:image", "list:list"));
  private static final ComponentTemplate RICH =
      ComponentTemplate.compile("<div>{{rich}}</div><b></b>", fields("rich:richtext"));

  private static Map<String, Object> content(String value) {
    return Map.of("text", value, "url", value, "image", value, "list", List.of(Map.of("x", value)));
  }

  @Test
  void render_everyPayloadInEveryContext_keepsTheStructure() {
    List<String> benign =
        Structure.of(Rendering.of(ALL_CONTEXTS.bind(content("value")), Bindings.NONE)).shape();
    List<String> payloads = HostileCorpus.strings();
    assertThat(payloads).hasSizeGreaterThan(3_000);
    for (String payload : payloads) {
      if (!payload.isEmpty()) {
        String html = Rendering.of(ALL_CONTEXTS.bind(content(payload)), Bindings.NONE);
        Structure structure = Structure.of(html);
        assertThat(structure.shape()).as(payload).isEqualTo(benign);
        assertThat(structure.attribute("class"))
            .as("attributes read back as they were")
            .isEqualTo(payload.replace('\0', '\uFFFD'));
        assertThat(structure.text()).contains(payload.replace('\0', '\uFFFD'));
        assertAddressIsSafe(structure.attribute("href"), payload);
      }
    }
  }

  @Test
  void render_everyPayloadLive_keepsTheStructure() {
    BoundVariant live =
        ALL_CONTEXTS.bind(
            Map.of(
                "text", Map.of("$from", "text"),
                "url", Map.of("$from", "url"),
                "image", Map.of("$from", "image"),
                "list", Map.of("$from", "list")));
    List<String> benign = Structure.of(Rendering.of(live, content("value")::get)).shape();
    for (String payload : HostileCorpus.strings()) {
      if (!payload.isEmpty()) {
        String html = Rendering.of(live, content(payload)::get);
        assertThat(Structure.of(html).shape()).as(payload).isEqualTo(benign);
      }
    }
  }

  private static void assertAddressIsSafe(String address, String payload) {
    String squeezed = address.replaceAll("[\\x00-\\x20]", "");
    assertThat(squeezed.toLowerCase(java.util.Locale.ROOT))
        .as(payload)
        .doesNotStartWith("javascript:")
        .doesNotStartWith("vbscript:")
        .doesNotStartWith("data:");
  }

  @Test
  void sanitize_everyPayloadAsRichText_yieldsNothingThatRuns() {
    for (String payload : HostileCorpus.strings()) {
      String html = Rendering.of(RICH.bind(Map.of("rich", payload)), Bindings.NONE);
      Structure structure = Structure.of(html);
      for (io.marquetry.content.Tag tag : structure.tags()) {
        assertThat(tag.name())
            .as(payload)
            .isNotIn("script", "style", "iframe", "object", "embed", "svg", "math", "form", "base")
            .isNotIn("meta", "link", "input", "button", "textarea", "template", "noscript");
        for (io.marquetry.content.Tag.Attribute attribute : tag.attributes()) {
          assertThat(attribute.name()).as(payload).doesNotStartWith("on");
          assertThat(attribute.name()).as(payload).isNotIn("style", "srcdoc", "id", "name");
          if (MarkupRules.isUrl(attribute.name())) {
            assertAddressIsSafe(Structure.decode(attribute.value(html)), payload);
          }
        }
      }
      assertThat(structure.shape().getLast()).isEqualTo("ends in TEXT");
      assertThat(html).as(payload).endsWith("</div><b></b>");
    }
  }

  @Test
  void compile_everyPayloadAsTemplateOrPage_endsInAnAnswerOrAClearRefusal() {
    int refused = 0;
    for (String payload : HostileCorpus.strings()) {
      try {
        BoundVariant variant = ComponentTemplate.compile(payload, List.of()).bind(Map.of());
        for (io.marquetry.content.Tag tag :
            Structure.of(Rendering.of(variant, Bindings.NONE)).tags()) {
          assertThat(tag.name()).as(payload).isNotEqualTo("script");
          assertThat(tag.attributes())
              .as(payload)
              .noneMatch(attribute -> attribute.name().startsWith("on"));
        }
      } catch (TemplateException e) {
        refused++;
        assertThat(e).hasMessageMatching("(?s)[0-9]+:[0-9]+: .+");
      }
      assertThat(PageTemplate.compile(payload).slots()).isEmpty();
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void json_everyPayload_cannotEndTheScriptElementAndReadsBack() throws Exception {
    for (String payload : HostileCorpus.strings()) {
      Utf8Writer out = new Utf8Writer(64);
      Escapers.json(Map.of("v", payload), out);
      assertThat(out.toString()).doesNotContain("<", ">", "&");
      JsonNode read = new com.fasterxml.jackson.databind.ObjectMapper().readTree(out.toString());
      assertThat(read.get("v").asText()).isEqualTo(payload);
    }
  }
}
