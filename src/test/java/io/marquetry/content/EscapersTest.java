package io.marquetry.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EscapersTest {
  @Test
  void encode_anyText_agreesWithTheJdkButForLoneSurrogatesAndNul() {
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000));
      }
      text.append("😀").append((char) (0xD800 + random.nextInt(0x800)));
      byte[] expected =
          replaceLone(text.toString()).replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8);
      assertThat(Utf8Writer.encode(text)).isEqualTo(expected);
    }
  }

  private static String replaceLone(String text) {
    int[] codePoints =
        text.codePoints().map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c).toArray();
    return new String(codePoints, 0, codePoints.length);
  }

  @Test
  void text_andAttribute_escapeBothQuotesAndBrackets() {
    Utf8Writer out = new Utf8Writer(0);
    Escapers.text("<a href='\"'>&amp;`=\0", out);
    assertThat(out.toString()).isEqualTo("&lt;a href=&#39;&quot;&#39;&gt;&amp;amp;`=\uFFFD");
  }

  @Test
  void json_anyValue_holdsNothingThatHtmlReads() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("</script>", Arrays.asList(1, 2.5, true, null, "a\u2028\"\\\n&é\uD800"));
    value.put("e", Map.of());
    value.put("l", List.of());
    value.put("n", Double.POSITIVE_INFINITY);
    Utf8Writer out = new Utf8Writer(0);
    Escapers.json(value, out);
    assertThat(out.toString())
        .isEqualTo(
            "{\"\\u003c/script\\u003e\":[1,2.5,true,null,\"a\\u2028\\\"\\\\\\u000a\\u0026é\uFFFD\"],"
                + "\"e\":{},\"l\":[],\"n\":null}");
  }

  @Test
  void json_cyclicOrForeignValue_isRefused() {
    List<Object> cyclic = new ArrayList<>();
    cyclic.add(cyclic);
    assertThatThrownBy(() -> Escapers.json(cyclic, new Utf8Writer(0)))
        .hasMessageContaining("deeper than 32");
    assertThatThrownBy(() -> Escapers.json(new Object(), new Utf8Writer(0)))
        .hasMessageContaining("java.lang.Object");
  }

  @Test
  void number_everydaySizes_haveNoExponentOrTrailingZero() {
    Map<Number, String> cases =
        Map.of(
            3,
            "3",
            3.0,
            "3",
            9.50,
            "9.5",
            1e7,
            "10000000",
            0.001,
            "0.001",
            -0.0,
            "0",
            1e300,
            "1.0E300",
            12345678901L,
            "12345678901",
            1.1f,
            "1.1");
    cases.forEach(
        (number, expected) -> {
          Utf8Writer out = new Utf8Writer(0);
          Escape.TEXT.write(number, out);
          assertThat(out.toString()).isEqualTo(expected);
        });
  }
}
