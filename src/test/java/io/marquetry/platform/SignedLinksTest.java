package io.marquetry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.SignedLinks.Kind;
import io.marquetry.platform.SignedLinks.Link;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedLinksTest {
  private static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final Link LINK =
      new Link(
          Kind.CLICK,
          "shop",
          "https://shop.test/sale?a=1&b=2#c",
          "u",
          "d",
          Map.of("campaign", "spring"),
          1_800_000_000_000L);

  private final SignedLinks links = new SignedLinks(SECRET);

  @Test
  void verify_whatWasSigned_isTheLink() {
    assertThat(links.verify(Kind.CLICK, links.sign(LINK))).isEqualTo(LINK);
    var bare = new Link(Kind.OPEN, "shop", "", null, null, Map.of(), 1_800_000_000_000L);
    assertThat(links.verify(Kind.OPEN, links.sign(bare))).isEqualTo(bare);
  }

  /** Every single character counts: none can be changed, added or left out. */
  @Test
  void verify_anyOtherSpelling_isNothing() {
    var text = links.sign(LINK);
    for (int i = 0; i < text.length(); i++) {
      for (char c : new char[] {'A', 'B', '.', '='}) {
        if (text.charAt(i) != c) {
          var altered = text.substring(0, i) + c + text.substring(i + 1);
          assertThat(links.verify(Kind.CLICK, altered)).as(altered).isNull();
        }
      }
      assertThat(links.verify(Kind.CLICK, text.substring(0, i))).isNull();
    }
    assertThat(links.verify(Kind.CLICK, text + "=")).isNull();
    assertThat(links.verify(Kind.CLICK, null)).isNull();
  }

  @Test
  void verify_ofAnotherKindOrSecret_isNothing() {
    assertThat(links.verify(Kind.OPEN, links.sign(LINK))).isNull();
    var other =
        new SignedLinks("another secret of 32 bytes......".getBytes(StandardCharsets.UTF_8));
    assertThat(other.verify(Kind.CLICK, links.sign(LINK))).isNull();
    var cookie = new VisitorCookie(SECRET).sign("shop", "d");
    assertThat(links.verify(Kind.CLICK, cookie)).isNull();
    var plain =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"k\":\"c\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(links.verify(Kind.CLICK, plain)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://shop.test", "http://shop.test:8080/a?b=c#d", "HTTPS://Shop.test/%20"})
  void isTarget_addressOfTheWeb_is(String target) {
    assertThat(SignedLinks.isTarget(target)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/path",
        "//evil.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https:shop.test",
        "https://shop.test@evil.test/",
        "https://shop.test/\r\nSet-Cookie: a=b",
        "https://shop.test/ x",
        "ftp://shop.test/"
      })
  void isTarget_anythingElse_isNot(String target) {
    assertThat(SignedLinks.isTarget(target)).isFalse();
  }
}
