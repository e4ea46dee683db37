package io.marquetry.content;

import static io.marquetry.content.Rendering.fields;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random templates and random hostile values: the values never change the shape of the markup. */
final class TemplatePropertyTest {
  private static final List<FieldDefinition> FIELDS =
      fields("a:text", "b:text", "u:url", "i:image", "l:list");
  private static final String[] PIECES = {
    "<p>{{a}}</p>",
    "text {{b}} < text",
    "<b title=\"{{a}}\" lang='{{b}}'>{{a}}{{b}}</b>",
    "<a href=\"{{u}}\">x</a>",
    "<a href='/{{a}}?{{b}}={{u}}'>x</a>",
    "<img src='{{i}}' srcset=\"{{i}} 1x, {{b}} 2x\" alt='{{a}}'>",
    "<form action=\"{{a}}\"></form>",
    "<textarea>{{a}}</textarea><title>{{b}}</title>",
    "<svg><title>{{a}}</title><path d=\"{{b}}\"/><text>{{a}}</text></svg>",
    "{{#a}}<i class=\"x {{#b}}y{{/b}}\">{{a}}</i>{{/a}}",
    "{{#l}}<li data-x=\"{{x}}\"><a href=\"{{x}}\">{{x}}{{item.y}}</a>{{#z}}<u>{{.}}</u>{{/z}}</li>{{/l}}",
    "<!-- note --><style>p{}</style>",
    "<input value=\"{{a}}\" {{#b}} checked {{/b}}>",
  };
  private static final String[] BITS = {
    "<",
    ">",
    "\"",
    "'",
    "&",
    "=",
    "/",
    "`",
    " ",
    "\n",
    "\t",
    "\0",
    "{{a}}",
    "{{#l}}",
    "}}",
    "--",
    "-->",
    "<!--",
    "</",
    "<script>",
    "</script>",
    "</textarea>",
    "</title>",
    "</style>",
    "]]>",
    "onload=",
    "javascript:",
    "data:text/html,",
    "&lt;",
    "&#60;",
    "&quot",
    "é",
    "😀",
    "\uD83D",
    "\uDE00",
    "\u2028",
    "x",
    "1",
    ":",
    "%",
    "\\",
    ",",
    "http://"
  };

  @Test
  void render_hostileValues_keepTheShapeOfBenignOnes() {
    Random random = new Random(20260);
    for (int round = 0; round < 3_000; round++) {
      StringBuilder source = new StringBuilder();
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        source.append(PIECES[random.nextInt(PIECES.length)]);
      }
      ComponentTemplate template = ComponentTemplate.compile(source.toString(), FIELDS);
      String benign = render(template, content("v", "v", "v"), round);
      String hostile =
          render(template, content(value(random), value(random), value(random)), round);
      assertThat(Structure.of(hostile).shape())
          .as("%s%n%s", source, hostile)
          .isEqualTo(Structure.of(benign).shape());
    }
  }

  private static Map<String, Object> content(String a, String b, String c) {
    Object items =
        List.of(Map.of("x", a, "y", b, "z", List.of(c)), Map.of("x", b, "z", List.of(a)));
    return Map.of("a", a, "b", b, "u", c, "i", a, "l", items);
  }

  /** Statically in even rounds, through live bindings in odd ones; both say their length. */
  private static String render(ComponentTemplate template, Map<String, Object> content, int round) {
    if (round % 2 == 0) {
      BoundVariant variant = template.bind(content);
      String html = Rendering.of(variant, Bindings.NONE);
      assertThat(variant.isStatic()).isTrue();
      assertThat(variant.staticLength()).isEqualTo(html.getBytes(StandardCharsets.UTF_8).length);
      return html;
    }
    Map<String, Object> bindings =
        Map.of(
            "a", Map.of("$from", "a"),
            "b", Map.of("$from", "b"),
            "u", Map.of("$from", "u"),
            "i", Map.of("$from", "i"),
            "l", Map.of("$from", "l"));
    return Rendering.of(template.bind(bindings), content::get);
  }

  private static String value(Random random) {
    StringBuilder value = new StringBuilder();
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      value.append(BITS[random.nextInt(BITS.length)]);
    }
    return value.toString();
  }

  @Test
  void render_textInLiveAndStaticForm_isTheSame() {
    Random random = new Random(11);
    ComponentTemplate template = ComponentTemplate.compile(String.join("", PIECES), FIELDS);
    for (int round = 0; round < 300; round++) {
      Map<String, Object> content = content(value(random), value(random), value(random));
      assertThat(render(template, content, 1)).isEqualTo(render(template, content, 0));
    }
  }
}
