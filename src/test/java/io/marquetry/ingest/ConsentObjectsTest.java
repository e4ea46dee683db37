package io.marquetry.ingest;

import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.ConsentMessage.ConsentSet;
import io.marquetry.bus.ConsentMessage.SetConsent;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.platform.VisitorCookie;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Segment's consent objects over real HTTP; consent and whoever stores are faked on the bus. */
class ConsentObjectsTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());
  private static final Ids IDS = new Ids(IngestRig.SECRET);

  /** What happened, in order: ids of events, and choices. */
  private static final List<Object> STEPS = Collections.synchronizedList(new ArrayList<>());

  private static volatile boolean consentIsAway;

  @BeforeAll
  static void serve() {
    await(FACE.rig.bus.serve(Addresses.SET_CONSENT, ConsentObjectsTest::set));
  }

  @BeforeEach
  void reset() {
    STEPS.clear();
    consentIsAway = false;
    FACE.store =
        accept -> {
          FACE.taken.add(accept);
          accept.events().forEach(one -> STEPS.add(one.event().messageId()));
          accept.rejected().forEach(letter -> STEPS.add("rejected " + letter.messageId()));
          return Future.succeededFuture(
              new Accepted(accept.events().stream().map(one -> Verdict.STORED).toList()));
        };
  }

  private static Future<ConsentSet> set(SetConsent asked) {
    if (consentIsAway) {
      return Future.failedFuture(new Refused(Refused.Reason.UNAVAILABLE, "away"));
    }
    STEPS.add(asked);
    var purposes = Purposes.parse(asked.choices(), Purposes.NONE);
    return Future.succeededFuture(new ConsentSet(purposes, 1, List.of(), 0, true));
  }

  private static String page(String id) {
    return "{\"type\":\"page\",\"anonymousId\":\"a\",\"messageId\":\"" + id + "\"}";
  }

  private static String update(String who, String preferences) {
    return "{\"type\":\"track\",\"event\":\"Segment Consent Preference Updated\","
        + who
        + ",\"messageId\":\"update\",\"timestamp\":\"2026-11-22T09:00:00Z\",\"context\":{\"consent\":{\"categoryPreferences\":"
        + preferences
        + "}}}";
  }

  private static String batch(String... calls) {
    return "{\"batch\":[" + String.join(",", calls) + "]}";
  }

  @Test
  void event_thatRefusesByAnyCategory_isMarkedAndAsksForNothing() {
    var refusing =
        "{\"anonymousId\":\"a\",\"context\":{\"consent\":{\"categoryPreferences\":{\"C0002\":false}}}}";
    FACE.post("/v1/page", refusing, "X-Write-Key", "shop-key");
    var incoming = FACE.accept().events().getFirst();
    assertThat(incoming.event().flags()).containsExactly("denied");
    FACE.post(
        "/v1/page", refusing.replace("\"anonymousId\":\"a\",", ""), "X-Write-Key", "shop-key");
    assertThat(FACE.event().flags()).contains("denied", "nobody");
    FACE.post("/v1/page", refusing.replace("C0002", "C0004"), "X-Write-Key", "shop-key");
    assertThat(FACE.event().flags()).isEmpty();
    assertThat(STEPS).noneMatch(SetConsent.class::isInstance);
  }

  @Test
  void update_choiceOfADevice_isSetWhereAndWhenItWasMade() {
    var response =
        FACE.post(
            "/v1/track",
            update(
                "\"anonymousId\":\"a\"", "{\"Advertising\":false,\"C0002\":true,\"C0001\":true}"),
            "X-Write-Key",
            "shop-key");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Json.readOwn(response.body()))
        .containsEntry(
            "consent", Map.of("analytics", true, "personalization", false, "marketing", false));
    assertThat(STEPS)
        .containsExactly(
            new SetConsent(
                "shop",
                IDS.device("shop", "a"),
                null,
                Map.of("marketing", false, "analytics", true),
                "segment",
                true,
                java.time.Instant.parse("2026-11-22T09:00:00Z").toEpochMilli()),
            "update");
  }

  @Test
  void update_inABatch_holdsFromItsPlaceOn() {
    FACE.post(
        "/v1/batch",
        batch(
            page("1"),
            "{\"messageId\":\"bad\"}",
            update("\"anonymousId\":\"a\"", "{\"analytics\":true}"),
            page("2"),
            update("\"anonymousId\":\"a\"", "{\"analytics\":false}")
                .replace("\"update\"", "\"again\""),
            page("3")),
        "X-Write-Key",
        "shop-key");
    assertThat(STEPS).hasSize(8);
    assertThat(STEPS.get(0)).isEqualTo("1");
    assertThat(STEPS.get(1)).isInstanceOf(SetConsent.class);
    assertThat(STEPS.subList(2, 4)).containsExactly("update", "2");
    assertThat(STEPS.get(4)).isInstanceOf(SetConsent.class);
    assertThat(STEPS.subList(5, 8)).containsExactly("again", "3", "rejected bad");
  }

  @Test
  void update_ofTwoDevicesAndAPerson_isSetForAllOfThem() {
    var cookie = "mq_id=" + new VisitorCookie(IngestRig.SECRET).sign("shop", "c");
    FACE.post(
        "/v1/track",
        update("\"anonymousId\":\"a\",\"userId\":\"u\"", "{\"analytics\":true}"),
        "X-Write-Key",
        "shop-key",
        "Cookie",
        cookie);
    assertThat(STEPS)
        .filteredOn(SetConsent.class::isInstance)
        .extracting(step -> ((SetConsent) step).device(), step -> ((SetConsent) step).user())
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(IDS.device("shop", "a"), IDS.user("shop", "u")),
            org.assertj.core.groups.Tuple.tuple(IDS.device("shop", "c"), IDS.user("shop", "u")));
  }

  /** A browser's word for who it is sets nobody else's consent. */
  @Test
  void update_untrustedPerson_isTheDevicesAlone() {
    FACE.post(
        "/v1/track",
        update("\"anonymousId\":\"a\",\"userId\":\"u\"", "{\"analytics\":true}"),
        "X-Write-Key",
        "shut-key");
    assertThat(STEPS.getFirst())
        .isInstanceOfSatisfying(
            SetConsent.class,
            set -> {
              assertThat(set.device()).isEqualTo(IDS.device("shut", "a"));
              assertThat(set.user()).isNull();
            });
  }

  @Test
  void update_thatSaysNothingOrOfNobody_setsNothing() {
    for (var preferences : List.of("{}", "{\"C0001\":true}", "[]", "7")) {
      FACE.post(
          "/v1/track", update("\"anonymousId\":\"a\"", preferences), "X-Write-Key", "shop-key");
    }
    FACE.post("/v1/track", update("\"x\":1", "{\"analytics\":false}"), "X-Write-Key", "shop-key");
    FACE.post(
        "/v1/page",
        update("\"anonymousId\":\"a\"", "{\"analytics\":false}"),
        "X-Write-Key",
        "shop-key");
    assertThat(STEPS).isNotEmpty().noneMatch(SetConsent.class::isInstance);
  }

  @Test
  void update_withdrawal_takesTheCookieAwayInTheAnswer() {
    var cookie = "mq_id=" + new VisitorCookie(IngestRig.SECRET).sign("shop", "a");
    var response =
        FACE.post(
            "/v1/track",
            update("\"anonymousId\":\"a\"", "{\"analytics\":false,\"personalization\":false}"),
            "X-Write-Key",
            "shop-key",
            "Cookie",
            cookie);
    assertThat(response.headers().firstValue("Set-Cookie").orElse(""))
        .startsWith("mq_id=;")
        .contains("Max-Age=0");
    var agreed =
        FACE.post(
            "/v1/track",
            update("\"anonymousId\":\"a\"", "{\"analytics\":true}"),
            "X-Write-Key",
            "shop-key");
    assertThat(agreed.headers().firstValue("Set-Cookie").orElse("")).startsWith("mq_id=YQ");
  }

  /** What was not recorded is sent again; it must not look as if it had been. */
  @Test
  void update_consentAway_is503() {
    consentIsAway = true;
    var response =
        FACE.post(
            "/v1/track",
            update("\"anonymousId\":\"a\"", "{\"analytics\":false}"),
            "X-Write-Key",
            "shop-key");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
  }
}
