package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.Beacon;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Token;
import io.marquetry.testkit.Until;
import io.marquetry.testkit.Visitor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** At a site in its default mode nobody becomes somebody by saying so. */
@Tag("server")
class SignedIdentifyTest {
  private static final String SITE = "bank";

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private static String writeKey = "";
  private static Answer identityKey = new Answer(0, Map.of(), "{}");

  @BeforeAll
  static void defineSite() {
    SERVER.admin("sites.put", Map.of("key", SITE, "name", "Bank", "consentDefault", "granted"));
    writeKey = SERVER.admin("keys.create", Map.of("site", SITE, "kind", "write")).text("key");
    identityKey = SERVER.admin("keys.create", Map.of("site", SITE, "kind", "identity"));
  }

  @Test
  void unsignedIdentify_ofAKnownPerson_takesNothingAndGivesNothing() {
    var victim = login("victim", Map.of("plan", "private banking"));
    var before = profile("user:victim");

    var attacker = browser();
    var answer = attacker.send(identify("victim", Map.of("plan", "stolen"))).expect(200);
    attacker.send(page("/accounts").with("userId", "victim")).expect(200);

    assertThat(answer.number("unverified")).isEqualTo(1);
    var own = profile("anonymous:" + attacker.deviceId());
    assertThat(own.text("profileId")).isNotEqualTo(before.text("profileId"));
    assertThat(identity(own, "user"))
        .containsEntry("value", "victim")
        .containsEntry("verified", false);
    assertThat(own.text("traits.plan")).as("it steers that browser alone").isEqualTo("stolen");
    var after = profile("user:victim");
    assertThat(after.json()).isEqualTo(before.json());
    assertThat(victim.deviceId()).isNotEqualTo(attacker.deviceId());
  }

  @Test
  void signedIdentify_onTwoBrowsers_isOnePersonWithBothHistories() {
    var laptop = browser();
    laptop.looksAt("/", "/loans");
    laptop.send(signed("anna", laptop)).expect(200);
    var phone = browser();
    phone.looksAt("/cards");
    var answer = phone.send(signed("anna", phone)).expect(200);

    assertThat(answer.json()).isEqualTo(Map.of("success", true));
    var profile = profile("user:anna");
    assertThat(profile.number("events")).isEqualTo(5);
    assertThat(identity(profile, "user")).containsEntry("verified", true);
    assertThat(profile("anonymous:" + phone.deviceId()).text("profileId"))
        .isEqualTo(profile.text("profileId"));
  }

  @Test
  void badToken_ofAnyKind_isRefusedWithItsReasonAndTheUserStaysUnverified() {
    login("target", Map.of());
    var now = Instant.now();
    var fresh = Token.of(SITE, "target", now);
    var secret = identityKey.text("key");
    refused("token_expired", Token.of(SITE, "target", now.minusSeconds(3_600)).signed(secret));
    refused("token_signature", fresh.signed("ik_made-up"));
    refused(
        "token_algorithm", Token.of(SITE, "target", now).header("alg", "none").unsigned() + ".");
    refused("token_audience", Token.of("demo", "target", now).signed(secret));
    refused("token_subject", Token.of(SITE, "attacker", now).signed(secret));
    refused("token_visitor", Token.of(SITE, "target", now).bound("elsewhere").signed(secret));
    refused("token_malformed", "eyJ");
    assertThat(profile("user:target").number("events")).isEqualTo(1);
    assertThat(SERVER.get("/metrics").body())
        .contains("marquetry_identity_tokens_total{outcome=\"token_algorithm\"} 1.0")
        .contains("marquetry_identity_tokens_total{outcome=\"accepted\"}");
  }

  private static void refused(String code, String token) {
    var browser = browser();
    var event = identify("target", Map.of()).with("context", Map.of("identityToken", token));
    var answer = browser.send(event).expect(200);
    assertThat(answer.number("unverified")).isEqualTo(1);
    assertThat(answer.text("tokens.0.code")).isEqualTo(code);
    assertThat(answer.text("tokens.0.messageId")).isEqualTo(event.messageId());
    var profile = profile("anonymous:" + browser.deviceId());
    assertThat(profile.number("events")).isEqualTo(1);
    assertThat(identity(profile, "user"))
        .containsEntry("value", "target")
        .containsEntry("verified", false);
    assertThat(profile.body()).as("a token is kept in no profile").doesNotContain("identityToken");
  }

  @Test
  void keyRevoked_itsTokensAreWorthNothingAtOnce_thoseOfTheNextAreGood() {
    var old = SERVER.admin("keys.create", Map.of("site", SITE, "kind", "identity"));
    var next = SERVER.admin("keys.create", Map.of("site", SITE, "kind", "identity"));
    var browser = browser();
    browser.send(identified("rita", old.text("key"))).expect(200);
    SERVER.admin("keys.revoke", Map.of("id", old.text("id")));
    Until.untilAsserted(
        "every loop knows",
        () -> {
          for (int i = 0; i < 8; i++) {
            var answer = browser.send(identified("rita", old.text("key"))).expect(200);
            assertThat(answer.at("tokens.0.code")).isEqualTo("token_signature");
          }
        });
    var answer = browser.send(identified("rita", next.text("key"))).expect(200);
    assertThat(answer.json()).isEqualTo(Map.of("success", true));
    assertThat(SERVER.admin("keys.list", Map.of("site", SITE)).body())
        .doesNotContain(next.text("key"));
  }

  @Test
  void reset_afterLogout_isSomebodyNewAndThePagesForget() {
    var browser = SERVER.visitor().accepts();
    browser.send(identify("leaver", Map.of())).expect(200);
    browser.looksAt(
        "/pricing/enterprise", "/pricing/enterprise/security", "/pricing/enterprise/rollout");
    assertThat(browser.page("/").variant("hero")).isEqualTo("enterprise");
    var loggedIn = browser.deviceId();

    var afterReset = UUID.randomUUID().toString();
    browser.send(page("/").by(afterReset)).expect(200);

    assertThat(browser.deviceId()).isEqualTo(afterReset);
    var stranger = SERVER.profile("anonymous:" + afterReset);
    assertThat(stranger.number("events")).isEqualTo(1);
    assertThat(browser.page("/").variant("hero")).isNotEqualTo("enterprise");
    assertThat(SERVER.profile("user:leaver").number("events")).isEqualTo(4);
    assertThat(SERVER.segments("anonymous:" + loggedIn)).contains("enterprise-prospects");

    browser.send(identify("leaver", Map.of()).by(afterReset)).expect(200);
    assertThat(SERVER.profile("user:leaver").number("events")).isEqualTo(6);
  }

  private static Visitor browser() {
    return SERVER.visitor(writeKey).accepts();
  }

  private static Visitor login(String user, Map<String, Object> traits) {
    var browser = browser();
    browser.send(identified(user, identityKey.text("key")).with("traits", traits)).expect(200);
    return browser;
  }

  private static Beacon identified(String user, String secret) {
    var token = Token.of(SITE, user, Instant.now()).signed(secret);
    return identify(user, Map.of()).with("context", Map.of("identityToken", token));
  }

  private static Beacon signed(String user, Visitor browser) {
    var token =
        Token.of(SITE, user, Instant.now())
            .header("kid", identityKey.text("id"))
            .bound(browser.deviceId())
            .signed(identityKey.text("key"));
    return identify(user, Map.of()).with("context", Map.of("identityToken", token));
  }

  private static Answer profile(String id) {
    return SERVER.admin("profiles.get", Map.of("id", id, "site", SITE));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> identity(Answer profile, String kind) {
    return ((List<Map<String, Object>>) (Object) profile.list("identities"))
        .stream().filter(one -> Objects.equals(one.get("kind"), kind)).findFirst().orElseThrow();
  }
}
