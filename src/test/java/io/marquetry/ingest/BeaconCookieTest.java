package io.marquetry.ingest;

import static io.marquetry.ingest.FaceRig.PAGE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.kit.Ids;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cookie by which ingest knows a browser again. */
class BeaconCookieTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());
  private static final Ids IDS = new Ids(IngestRig.SECRET);

  private static void answerAll(Verdict verdict) {
    FACE.store =
        accept ->
            Future.succeededFuture(
                new Accepted(accept.events().stream().map(event -> verdict).toList()));
  }

  private static @Nullable String cookie(HttpResponse<String> response) {
    return response.headers().firstValue("Set-Cookie").orElse(null);
  }

  @Test
  void cookie_storedDevice_isGivenToTheBrowser() {
    var cookie = cookie(FACE.postWithKey("/v1/page", PAGE));
    assertThat(cookie).startsWith("mq_id=").contains("HttpOnly", "SameSite=Lax", "Path=/");
    var value = requireNonNull(cookie).substring(6, cookie.indexOf(';'));
    assertThat(new VisitorCookie(IngestRig.SECRET).verify("shop", value)).isEqualTo("a");
  }

  @Test
  void cookie_sentBack_namesTheVisitorAndIsNotSetAgain() {
    var value = new VisitorCookie(IngestRig.SECRET).sign("shop", "c");
    var response = FACE.postWithKey("/v1/page", "{}", "Cookie", "mq_id=" + value);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(cookie(response)).isNull();
    assertThat(FACE.event().subject().anonymousId()).isEqualTo("c");
    FACE.postWithKey("/v1/page", PAGE, "Cookie", "mq_id=" + value);
    var both = FACE.event().subject();
    assertThat(both.device()).isEqualTo(IDS.device("shop", "a"));
    assertThat(both.otherDevice()).isEqualTo(IDS.device("shop", "c"));
  }

  @Test
  void cookie_besideAnotherId_followsTheId() {
    var before = new VisitorCookie(IngestRig.SECRET).sign("shop", "c");
    var cookie = cookie(FACE.postWithKey("/v1/page", PAGE, "Cookie", "mq_id=" + before));
    var value = requireNonNull(cookie).substring(6, cookie.indexOf(';'));
    assertThat(new VisitorCookie(IngestRig.SECRET).verify("shop", value)).isEqualTo("a");
    assertThat(cookie(FACE.postWithKey("/v1/page", PAGE, "Cookie", "mq_id=" + value))).isNull();
  }

  @Test
  void cookie_fromAPageOfAnotherSite_isNotSet() {
    assertThat(cookie(FACE.postWithKey("/v1/page", PAGE, "Sec-Fetch-Site", "cross-site"))).isNull();
    var own = new String[] {"Sec-Fetch-Site", "cross-site", "Origin", "https://shop.example"};
    assertThat(cookie(FACE.postWithKey("/v1/page", PAGE, own))).isNotNull();
    assertThat(cookie(FACE.postWithKey("/v1/page", PAGE, "Sec-Fetch-Site", "same-site")))
        .isNotNull();
  }

  @Test
  void cookie_madeUpOrOfAnotherSite_isNobodys() {
    var foreign = new VisitorCookie(IngestRig.SECRET).sign("shut", "c");
    for (var value : List.of(foreign, "c", "c.00000000.AAAA")) {
      var response = FACE.postWithKey("/v1/page", "{}", "Cookie", "mq_id=" + value);
      assertThat(response.statusCode()).isEqualTo(400);
    }
  }

  @Test
  void cookie_nothingStored_isNotSet() {
    answerAll(Verdict.AGGREGATED);
    assertThat(cookie(FACE.postWithKey("/v1/page", PAGE))).isNull();
    answerAll(Verdict.STORED);
    assertThat(cookie(FACE.post("/v1/page", PAGE, "X-Write-Key", "shop-server"))).isNull();
    assertThat(cookie(FACE.postWithKey("/v1/track", "{\"anonymousId\":\"a\"}"))).isNull();
  }

  @Test
  void cookie_onHttps_isSecure() {
    var cookie = cookie(FACE.postWithKey("/v1/page", PAGE, "X-Forwarded-Proto", "https"));
    assertThat(cookie).contains("; Secure");
  }

  @Test
  void cookie_longDevice_isLeftOutWithoutHarm() {
    var body = PAGE.replace("\"a\"", "\"" + "\u20ac".repeat(500) + "\"");
    var response = FACE.postWithKey("/v1/page", body);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(cookie(response)).isNull();
  }
}
