package io.marquetry.content;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UrlPolicyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a.example/b?c:d#e",
        "HTTP://A",
        "mailto:a@b.example",
        "tel:+49",
        "/a:b",
        "a/b:c",
        "?a:b",
        "#a:b",
        "//cdn.example/x",
        "",
        "a b",
        "ü.html",
        "&#106;avascript",
        "java%3Ascript"
      })
  void safe_allowedAddress_isKept(String url) {
    assertThat(UrlPolicy.safe("\t " + url + "\n", false)).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "java\tscript:x",
        "java\nscript:x",
        "\u0001javascript:x",
        "vbscript:x",
        "data:text/html,x",
        "data:image/svg+xml,x",
        "data:image/pngx,y",
        "file:///etc",
        "blob:x",
        "x y:z",
        "feed:javascript:x",
        "jav\u0000ascript:x",
        "https://a\u0000b",
        "about:blank",
        "view-source:x",
        "ｊavascript:x",
        "javascript\u00A0:x",
        ":x"
      })
  void safe_refusedAddress_isBlocked(String url) {
    assertThat(UrlPolicy.safe(url, false)).isEqualTo(UrlPolicy.BLOCKED);
    assertThat(UrlPolicy.safe(url, true)).isEqualTo(UrlPolicy.BLOCKED);
    assertThat(UrlPolicy.fault(url, false)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data:image/png;base64,AA",
        "DATA:image/JPEG,x",
        "data:image/gif;x",
        "data:image/webp,"
      })
  void safe_imageData_isForImagesOnly(String url) {
    assertThat(UrlPolicy.safe(url, true)).isEqualTo(url);
    assertThat(UrlPolicy.safe(url, false)).isEqualTo(UrlPolicy.BLOCKED);
  }
}
