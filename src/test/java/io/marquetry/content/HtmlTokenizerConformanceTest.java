package io.marquetry.content;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The published tokenizer cases that start in ordinary, script or raw text, by their tokens. Cases
 * about character references are left out: they stay undecoded here.
 */
@Tag("real-data")
final class HtmlTokenizerConformanceTest {
  private static final Pattern ESCAPED = Pattern.compile("\\\\u([0-9a-fA-F]{4})");

  @Test
  void run_publishedCases_giveTheSameTokens() {
    int run = 0;
    List<String> failures = new ArrayList<>();
    for (JsonNode test : HostileCorpus.json("html_tokenizer.json.gz")) {
      String state = test.path("initialStates").path(0).asText("Data state");
      String prefix =
          switch (state) {
            case "Data state" -> "";
            case "Script data state" -> "<script>";
            case "RCDATA state", "RAWTEXT state" ->
                "<" + test.path("lastStartTag").asText("xmp") + ">";
            default -> null;
          };
      boolean otherElement =
          state.startsWith("Script")
              && !test.path("lastStartTag").asText("script").equals("script");
      boolean references = test.get("input").asText().contains("&");
      if (prefix == null || otherElement || references) {
        continue;
      }
      run++;
      String input = unescape(test, test.get("input").asText());
      String expected = prefix + expected(test);
      String actual = Dump.of(prefix + input).replaceFirst("^<(script|xmp)\\[\\]>", "<$1>");
      if (!actual.equals(expected)) {
        failures.add(test.get("description").asText() + ": " + expected + " but " + actual);
      }
    }
    assertThat(run).isGreaterThan(90);
    assertThat(failures).isEmpty();
  }

  private static String unescape(JsonNode test, String text) {
    return test.path("doubleEscaped").asBoolean()
        ? ESCAPED
            .matcher(text)
            .replaceAll(m -> String.valueOf((char) Integer.parseInt(m.group(1), 16)))
        : text;
  }

  private static String expected(JsonNode test) {
    StringBuilder tokens = new StringBuilder();
    for (JsonNode token : test.get("output")) {
      String data = unescape(test, token.path(1).asText());
      switch (token.get(0).asText()) {
        case "StartTag" -> {
          List<String> names = new ArrayList<>();
          token.get(2).fieldNames().forEachRemaining(names::add);
          tokens.append('<').append(data).append(names);
          tokens.append(token.path(3).asBoolean() ? "/>" : ">");
        }
        case "EndTag" -> tokens.append("</").append(data).append('>');
        case "Comment" -> tokens.append("<!-->");
        case "DOCTYPE" -> tokens.append("<!doctype>");
        default -> tokens.append(comparable(data));
      }
    }
    return tokens.toString();
  }

  /** The standard makes every line end a line feed, and NUL a replacement where it keeps it. */
  private static String comparable(String text) {
    return text.replace("\r\n", "\n").replace('\r', '\n').replace('\0', '\uFFFD');
  }

  private static final class Dump implements HtmlTokenizer.Handler {
    private final String html;
    private final StringBuilder tokens = new StringBuilder();

    private Dump(String html) {
      this.html = html;
    }

    static String of(String html) {
      Dump dump = new Dump(html);
      new HtmlTokenizer(html, dump).run();
      return dump.tokens.toString();
    }

    @Override
    public void startTag(io.marquetry.content.Tag tag) {
      List<String> names =
          tag.attributes().stream()
              .map(io.marquetry.content.Tag.Attribute::name)
              .distinct()
              .toList();
      tokens.append('<').append(tag.name()).append(names);
      tokens.append(tag.selfClosing() ? "/>" : ">");
    }

    @Override
    public void endTag(String name, int start, int end) {
      tokens.append("</").append(name).append('>');
    }

    @Override
    public void text(int start, int end) {
      tokens.append(comparable(html.substring(start, end)));
    }

    @Override
    public void comment(int start, int end) {
      tokens.append("<!-->");
    }

    @Override
    public void doctype(int start, int end) {
      tokens.append("<!doctype>");
    }
  }
}
