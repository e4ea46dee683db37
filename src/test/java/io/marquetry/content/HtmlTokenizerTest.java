package io.marquetry.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HtmlTokenizerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          <P Title=x hidden/>~<p [title, hidden]>
          <p a='>' b=">" c=/>~<p [a, b, c]>
          <title><b></title><b>~<title []>,</title>,<b []>
          <script>'</scripty>'</SCRIPT ><b>~<script []>,</script>,<b []>
          <script><!--<script></script>--></script>x~<script []>,</script>
          <script><!--></script><b>~<script []>,</script>,<b []>
          <svg><title><b></title><style><i></style></svg><style><i></style>~<svg []>,<title []>,<b []>,</title>,<style []>,<i []>,</style>,</svg>,<style []>,</style>
          <svg/><style><i></style>~<svg []>,<style []>,</style>
          <svg><foreignObject><style><i></style></foreignObject><style><i>~<svg []>,<foreignobject []>,<style []>,</style>,</foreignobject>,<style []>,<i []>
          <!-- > --!><b><!--><i><!---><u>~<!--,<b []>,<!--,<i []>,<!--,<u []>
          <!a><?b></ c></><d>~<!--,<!--,<!--,<d []>
          <plaintext></plaintext><b>~<plaintext []>
          <!DOCTYPE html "<b>"><i>~<!doctype,<i []>
          """)
  void run_html_seesTheTagsThatBrowsersSee(String html, String shape) {
    assertThat(Structure.of(html).shape())
        .filteredOn(token -> !token.startsWith("ends"))
        .hasToString("[" + shape.replace(",<", ", <") + "]");
  }

  @Test
  void run_anyInput_coversEveryCharacterOnceInOrder() {
    Random random = new Random(3);
    String alphabet = "<>/='\"-! \n&ab{}?[";
    for (int round = 0; round < 5_000; round++) {
      StringBuilder html = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        html.append(
            random.nextInt(12) == 0
                ? new String[] {"<script", "</script>", "<title>", "<svg>", "<!--", "-->"}
                    [random.nextInt(6)]
                : alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertOrdered(html.toString());
    }
  }

  private static void assertOrdered(String html) {
    int[] last = {0};
    new HtmlTokenizer(
            html,
            new HtmlTokenizer.Handler() {
              private void span(int start, int end) {
                assertThat(start).as(html).isGreaterThanOrEqualTo(last[0]);
                assertThat(end).as(html).isBetween(start, html.length());
                last[0] = end;
              }

              @Override
              public void startTag(Tag tag) {
                tag.attributes()
                    .forEach(a -> assertThat(a.valueEnd()).isBetween(a.start(), tag.end()));
                span(tag.start(), tag.end());
              }

              @Override
              public void endTag(String name, int start, int end) {
                span(start, end);
              }

              @Override
              public void text(int start, int end) {
                span(start, end);
              }

              @Override
              public void comment(int start, int end) {
                span(start, end);
              }
            })
        .run();
  }

  @Test
  void run_longHostileInput_isLinear() {
    for (String piece : new String[] {"<", "<a ", "</", "<!--", "<script>", "{{", "&", "<a b='"}) {
      String html = piece.repeat(200_000);
      long start = System.nanoTime();
      Structure.of(html);
      assertThat(System.nanoTime() - start).as(piece).isLessThan(3_000_000_000L);
    }
  }
}
