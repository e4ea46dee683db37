package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Refused;
import io.marquetry.kit.Ids;
import io.marquetry.platform.SignedLinks;
import io.marquetry.platform.SignedLinks.Kind;
import io.marquetry.platform.SignedLinks.Link;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Signed links and pictures over real HTTP. */
class LinkRoutesTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());
  private static final Ids IDS = new Ids(IngestRig.SECRET);
  private static final SignedLinks LINKS = new SignedLinks(IngestRig.SECRET);
  private static final String TARGET = "https://shop.test/sale?a=1&b=2#c";

  private static String signed(Kind kind, String site, @Nullable String user, Duration left) {
    return LINKS.sign(
        new Link(
            kind,
            site,
            kind == Kind.CLICK ? TARGET : "",
            user,
            null,
            Map.of("campaign", "spring"),
            IngestRig.NOW.plus(left).toEpochMilli()));
  }

  private static String click(@Nullable String user) {
    return "/r/" + signed(Kind.CLICK, "shop", user, Duration.ofDays(1));
  }

  private static String cookie() {
    return "mq_id=" + new VisitorCookie(IngestRig.SECRET).sign("shop", "c");
  }

  @Test
  void click_signed_isRecordedAndLeadsOn() {
    var response = FACE.get(click("u"), "User-Agent", "Firefox/1");
    assertThat(response.statusCode()).isEqualTo(302);
    assertThat(response.headers().firstValue("Location")).hasValue(TARGET);
    assertThat(response.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
    var event = FACE.event();
    assertThat(event.name()).isEqualTo("Email Link Clicked");
    assertThat(event.subject().user()).isEqualTo(IDS.user("shop", "u"));
    assertThat(event.object("properties")).isEqualTo(Map.of("campaign", "spring", "url", TARGET));
    assertThat(event.object("context")).containsEntry("userAgent", "Firefox/1");
  }

  /** A mail may be passed on: whoever follows its link is not joined to whom it was sent to. */
  @Test
  void click_inAnotherBrowser_joinsNobody() {
    var response = FACE.get(click("u"), "Cookie", cookie());
    assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
    var subject = FACE.event().subject();
    assertThat(subject.device()).isNull();
    assertThat(subject.otherDevice()).isNull();
  }

  @Test
  void click_thatNamesNobody_isTheBrowsersOrOnlyCounted() {
    FACE.get(click(null), "Cookie", cookie());
    assertThat(FACE.event().subject().device()).isEqualTo(IDS.device("shop", "c"));
    assertThat(FACE.get(click(null)).statusCode()).isEqualTo(302);
    assertThat(FACE.event().flags()).contains("nobody", "denied");
  }

  @Test
  void click_alteredUnsignedOrOfAnotherKind_isRefusedAndLeadsNowhere() {
    var good = click("u");
    var open = signed(Kind.OPEN, "shop", "u", Duration.ofDays(1));
    for (var path :
        List.of(
            good.substring(0, good.length() - 1),
            good.replaceFirst("/r/...", "/r/AAA"),
            "/r/https%3A%2F%2Fevil.test",
            "/r/x?u=https://evil.test",
            "/r/" + open,
            "/r/" + signed(Kind.CLICK, "nosite", "u", Duration.ofDays(1)),
            "/pixel/v1/open" + good.substring(2),
            "/pixel/v1/open/x")) {
      var response = FACE.get(path);
      assertThat(response.statusCode()).as(path).isEqualTo(403);
      assertThat(response.headers().firstValue("Location")).isEmpty();
    }
    assertThat(FACE.taken).isEmpty();
  }

  @Test
  void click_expired_isGone() {
    var path = "/r/" + signed(Kind.CLICK, "shop", "u", Duration.ofSeconds(-1));
    assertThat(FACE.get(path).statusCode()).isEqualTo(410);
    assertThat(FACE.taken).isEmpty();
  }

  @Test
  void click_ofAScannerOrAHead_isNobodysClick() {
    FACE.get(click("u"), "User-Agent", "MailScannerBot/1");
    assertThat(FACE.event().flags()).containsExactly("bot");
    assertThat(FACE.send("HEAD", click("u"), "").statusCode()).isEqualTo(302);
    assertThat(FACE.taken).isEmpty();
  }

  /** Nobody is kept from where they want to go by a log that is away or does not answer. */
  @Test
  void click_logAwayOrSilent_leadsOnAllTheSame() {
    FACE.store = accept -> Future.failedFuture(new Refused(Refused.Reason.UNAVAILABLE, "the log"));
    assertThat(FACE.get(click("u")).statusCode()).isEqualTo(302);
    FACE.store = accept -> Promise.<io.marquetry.bus.IngestMessage.Accepted>promise().future();
    assertThat(FACE.get(click("u")).headers().firstValue("Location")).hasValue(TARGET);
  }

  @Test
  void open_signed_isRecordedAndAPicture() {
    var response = FACE.get("/pixel/v1/open/" + signed(Kind.OPEN, "shop", "u", Duration.ofDays(1)));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).startsWith("GIF89a");
    var event = FACE.event();
    assertThat(event.name()).isEqualTo("Email Opened");
    assertThat(event.subject().user()).isEqualTo(IDS.user("shop", "u"));
    assertThat(event.object("properties")).isEqualTo(Map.of("campaign", "spring"));
  }
}
