package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;
import static io.marquetry.console.ConsoleRig.PASSWORD;
import static io.marquetry.console.ConsoleRig.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.TestPostgres;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleLoginTest {
  private final ConsoleRig console = new ConsoleRig(TestPostgres.freshDatabase()).start();

  @AfterEach
  void close() {
    console.close();
  }

  @Test
  void login_rightPassword_givesTokenAndCookieThatBothCount() {
    var login = console.login("admin", PASSWORD);
    assertThat(login.status()).isEqualTo(200);
    assertThat(login.body()).containsEntry("roles", List.of("admin"));
    assertThat(Instant.parse(String.valueOf(login.body().get("expiresAt"))))
        .isBetween(
            console.now().plus(Duration.ofHours(12)).minusMillis(1),
            console.now().plus(Duration.ofHours(12)));
    var token = String.valueOf(login.body().get("token"));
    assertThat(login.header("Set-Cookie"))
        .startsWith("mq_admin=" + token + ";")
        .contains("Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=")
        .doesNotContain("Secure");
    assertThat(login.header("Cache-Control")).contains("no-store");
    assertThat(console.call(token, "sites.list", "").status()).isEqualTo(200);
    assertThat(withCookie(token, "Origin", console.url())).isEqualTo(200);
  }

  @Test
  void login_behindTls_cookieIsSecure() {
    var body = json("{'user':'admin','password':'" + PASSWORD + "'}");
    var login = console.post("login", body, "X-Forwarded-Proto", "https");
    assertThat(login.header("Set-Cookie")).contains("Secure");
  }

  @Test
  void login_wrongPasswordOrUnknownUser_areNotToldApart() {
    var wrong = console.login("admin", "not it at all");
    var unknown = console.login("nobody", "not it at all");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(wrong.body()).isEqualTo(unknown.body());
    assertThat(wrong.header("Set-Cookie")).isEmpty();
  }

  @Test
  void login_guessing_isStoppedAndGoesOnAMinuteLater() {
    for (int i = 0; i < 5; i++) {
      assertThat(console.login("admin", "guess " + i).status()).isEqualTo(401);
    }
    var stopped = console.login("admin", PASSWORD);
    assertThat(stopped.status()).isEqualTo(429);
    assertThat(stopped.header("Retry-After")).isNotEmpty();
    console.pass(Duration.ofSeconds(61));
    assertThat(console.login("admin", PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void login_malformedBody_isABadRequest() {
    assertThat(console.post("login", json("{'user':")).status()).isEqualTo(400);
    assertThat(console.post("login", json("{}")).status()).isEqualTo(422);
  }

  @Test
  void session_idleTooLong_isOver() {
    var token = console.adminToken();
    console.pass(Duration.ofMinutes(29));
    assertThat(console.call(token, "sites.list", "{}").status()).isEqualTo(200);
    console.pass(Duration.ofMinutes(29));
    assertThat(console.call(token, "sites.list", "{}").status()).isEqualTo(200);
    console.pass(Duration.ofMinutes(30));
    assertThat(console.call(token, "sites.list", "{}").status()).isEqualTo(401);
  }

  @Test
  void session_usedAllTheTime_isOverAfterTwelveHours() {
    var token = console.adminToken();
    for (int i = 1; i < 36; i++) {
      console.pass(Duration.ofMinutes(20));
      assertThat(console.call(token, "sites.list", "{}").status()).isEqualTo(200);
    }
    console.pass(Duration.ofMinutes(20));
    assertThat(console.call(token, "sites.list", "{}").status()).isEqualTo(401);
  }

  @Test
  void session_consoleRestarts_lives() {
    var token = console.adminToken();
    console.stopConsole();
    assertThat(console.call(token, "sites.list", "{}").status()).isEqualTo(503);
    console.startConsole();
    assertThat(console.call(token, "sites.list", "{}").status()).isEqualTo(200);
  }

  @Test
  void logout_token_isOverAndCookieIsCleared() {
    var token = console.adminToken();
    var logout = console.call(token, "logout", "");
    assertThat(logout.status()).isEqualTo(200);
    assertThat(logout.header("Set-Cookie")).contains("mq_admin=;").contains("Max-Age=0");
    assertThat(console.call(token, "sites.list", "{}").status()).isEqualTo(401);
  }

  private int withCookie(String token, String... headers) {
    var all = new ArrayList<>(List.of("Cookie", "mq_admin=" + token));
    all.addAll(List.of(headers));
    return console.post("sites.list", json("{}"), all.toArray(String[]::new)).status();
  }

  @Test
  void cookie_foreignPage_isRefused() {
    var token = console.adminToken();
    assertThat(withCookie(token, "Origin", "https://evil.example")).isEqualTo(403);
    assertThat(withCookie(token, "Origin", "null")).isEqualTo(403);
    assertThat(withCookie(token, "Sec-Fetch-Site", "cross-site")).isEqualTo(403);
    assertThat(withCookie(token, "Sec-Fetch-Site", "same-site")).isEqualTo(403);
    assertThat(
            withCookie(token, "Origin", "https://evil.example", "Authorization", "Bearer " + token))
        .isEqualTo(403);
  }

  @Test
  void cookie_fromNoBrowser_countsOnlyWithABodyNoFormCanSend() {
    var token = console.adminToken();
    assertThat(withCookie(token)).isEqualTo(401);
    assertThat(withCookie(token, "Content-Type", "text/plain")).isEqualTo(401);
    assertThat(withCookie(token, "Content-Type", "application/x-www-form-urlencoded"))
        .isEqualTo(401);
    assertThat(withCookie(token, "Content-Type", "application/json; charset=utf-8")).isEqualTo(200);
  }

  @Test
  void login_foreignPage_isRefused() {
    var body = json("{'user':'admin','password':'" + PASSWORD + "'}");
    assertThat(console.post("login", body, "Origin", "https://evil.example").status())
        .isEqualTo(403);
  }

  @Test
  void call_withoutLogin_isUnauthorizedWhateverItIs() {
    for (var operation : List.of("sites.list", "users.put", "no.such", "sites.list.more")) {
      var answer = console.post(operation, json("{}"));
      assertThat(answer.status()).as(operation).isEqualTo(401);
      assertThat(answer.code()).isEqualTo("unauthorized");
      assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    }
    assertThat(console.call("forged", "sites.list", "{}").status()).isEqualTo(401);
  }

  @Test
  void firstPassword_given_isNeverTold() {
    assertThat(firstPassword(console)).isNull();
  }

  @Test
  void firstPassword_madeUp_isToldOnceAndOpens() {
    try (var other = new ConsoleRig(TestPostgres.freshDatabase(), "", Map.of()).start()) {
      var password = String.valueOf(firstPassword(other));
      assertThat(password).hasSizeGreaterThan(15);
      assertThat(firstPassword(other)).isNull();
      assertThat(other.login("admin", password).status()).isEqualTo(200);
      other.stopConsole();
      other.startConsole();
      assertThat(firstPassword(other)).isNull();
      assertThat(other.login("admin", password).status()).isEqualTo(200);
    }
  }

  private static @Nullable String firstPassword(ConsoleRig console) {
    var reply =
        console
            .rig
            .vertx
            .eventBus()
            .<JsonObject>request(ConsoleVerticle.FIRST_PASSWORD, new JsonObject());
    return await(reply).body().getString("password");
  }
}
