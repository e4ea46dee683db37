package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent has an answer that says what is wrong with it; none of it is our fault. */
@Tag("server")
class BadInputTest {
  private static final String DEEP = "[".repeat(5_000);

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private int failed;

  @BeforeEach
  void count() {
    failed = SERVER.process().failures().size();
  }

  /** A bug would have been logged as one. */
  @AfterEach
  void nothingFailed() {
    assertThat(SERVER.process().failures()).hasSize(failed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "{",
        "[]",
        "null",
        "7",
        "{\"batch\":7}",
        "{\"batch\":{}}",
        "{}",
        "{\"batch\":[]}}",
        "{\"batch\":[],\"batch\":[]}",
        "\u0000\u0001\u0002",
        "{\"writeKey\":\"demo\",\"batch\":[{]}"
      })
  void batch_malformed_is400(String body) {
    var answer = SERVER.exchange("POST", "/v1/batch", body, Map.of("X-Write-Key", "demo"));
    answer.expect(400);
    assertThat(answer.text("error.code")).isNotEmpty();
    assertThat(answer.text("error.message")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/batch", "/v1/track", "/v1/decide", "/v1/admin/login"})
  void body_tooDeep_is400(String path) {
    SERVER.exchange("POST", path, DEEP, Map.of("X-Write-Key", "demo")).expect(400);
    var nested = "{\"batch\":" + "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_001);
    SERVER.exchange("POST", path, nested, Map.of("X-Write-Key", "demo")).expect(400);
  }

  @Test
  void body_noUtf8_is400() {
    var bytes = "{\"event\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    SERVER.exchange("POST", "/v1/track", bytes, Map.of("X-Write-Key", "demo")).expect(400);
  }

  @Test
  void body_brokenGzip_is400() {
    var bytes = HexFormat.of().parseHex("1f8b0800000000000003ffffffff");
    SERVER.exchange("POST", "/v1/track", bytes, Map.of("X-Write-Key", "demo")).expect(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "track    | {\"anonymousId\":\"a\"}                                   | missing_event",
        "track    | {\"anonymousId\":\"a\",\"event\":7}                       | missing_event",
        "track    | {\"anonymousId\":\"a\",\"event\":\"x\",\"properties\":[7]}| wrong_type",
        "track    | {\"anonymousId\":{},\"event\":\"x\"}                      | wrong_type",
        "track    | {\"event\":\"x\"}                                         | no_identity",
        "page     | {\"anonymousId\":\"a\",\"context\":\"x\"}                 | wrong_type",
        "page     | {\"anonymousId\":\"a\",\"timestamp\":\"yesterday\"}       | bad_timestamp",
        "identify | {\"anonymousId\":\"a\",\"traits\":\"x\"}                  | wrong_type",
        "group    | {\"anonymousId\":\"a\"}                                   | missing_groupid",
        "alias    | {\"anonymousId\":\"a\",\"userId\":\"u\"}                  | missing_previousid"
      })
  void event_wrong_is400WithItsReason(String type, String body, String code) {
    var answer = SERVER.exchange("POST", "/v1/" + type, body, Map.of("X-Write-Key", "demo"));
    answer.expect(400);
    assertThat(answer.text("error.code")).isEqualTo(code);
    assertThat(answer.at("success")).isEqualTo(false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nobody", "Demo"})
  void key_unknown_is401(String key) {
    var headers = Map.of("X-Write-Key", key);
    var body = page("/").by("a").json();
    assertThat(SERVER.exchange("POST", "/v1/page", body, headers).expect(401).text("error.code"))
        .isEqualTo("unknown_key");
    SERVER.exchange("PUT", "/v1/consent", Map.of("purposes", Map.of()), headers).expect(401);
    SERVER.exchange("POST", "/v1/decide", "{\"components\":[\"hero\"]}", headers).expect(401);
  }

  @Test
  void fields_unknown_areKeptAndHarmless() {
    var visitor = SERVER.visitor().accepts();
    var odd = page("/").with("wow", Map.of("deep", "thing")).with("\u0000odd", 1);
    visitor.send(odd).expect(200);
    assertThat(visitor.page("/").variant("hero")).isEqualTo("brand");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "a.b.c",
        "...",
        "YWJj.00000000.AAAA",
        "%00%ff",
        "\"quoted; path=/\"",
        "=",
        "abc; mq_id=def; mq_id"
      })
  void cookie_forged_isNobodysAndHarmless(String value) {
    var visitor = SERVER.visitor().setCookie("mq_id", value);
    assertThat(visitor.page("/").variant("hero")).isEqualTo("brand");
    assertThat(visitor.send(page("/")).expect(400).text("error.code")).isEqualTo("no_identity");
  }

  @Test
  void cookie_altered_isNobodys() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    var cookie = visitor.cookie("mq_id");
    char last = cookie.charAt(cookie.length() - 1);
    var altered = cookie.substring(0, cookie.length() - 1) + (last == 'A' ? 'B' : 'A');
    assertThat(visitor.setCookie("mq_id", altered).page("/").variant("hero")).isEqualTo("brand");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere",
        "/products/nothing",
        "/..%2f..%2fetc/passwd",
        "/demo-assets/../../logback.xml",
        "/console/../secrets.json",
        "/mq/components/nothing",
        "/mq/components/%00",
        "/v1/nothing",
        "/%E0%80%80"
      })
  void path_unknown_isClientsError(String path) {
    assertThat(SERVER.get(path).status()).isBetween(400, 404);
  }

  @ParameterizedTest
  @CsvSource({"DELETE,/", "PUT,/v1/batch", "GET,/v1/batch", "POST,/", "PATCH,/v1/consent"})
  void method_wrong_isClientsError(String method, String path) {
    assertThat(SERVER.exchange(method, path, null, Map.of()).status()).isBetween(400, 405);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"components\":[]}",
        "{\"components\":\"hero\"}",
        "{\"components\":[7]}",
        "{\"components\":[\"hero\"],\"context\":7}",
        "{\"components\":[\"hero\"],\"anonymousId\":7}",
        "{\"components\":[\"hero\"],\"dryRun\":\"yes\"}"
      })
  void decide_wrong_is400NamingTheField(String body) {
    var answer = SERVER.exchange("POST", "/v1/decide", body, Map.of("X-Write-Key", "demo"));
    assertThat(answer.expect(400).text("error.field")).isNotEmpty();
  }

  @Test
  void decide_unknownComponent_showsNothing() {
    var body = Map.of("writeKey", "demo", "components", java.util.List.of("nothing", "cta"));
    var decided = SERVER.post("/v1/decide", body).expect(200);
    assertThat(decided.at("decisions.0.variant")).isNull();
    assertThat(decided.text("decisions.1.variant")).isEqualTo("default");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                  | 422",
        "{\"purposes\":{}}                                   | 422",
        "{\"purposes\":{\"analytics\":\"yes\"}}              | 422",
        "{\"purposes\":{\"spying\":true}}                    | 422",
        "{\"purposes\":{\"analytics\":true},\"source\":7}    | 422",
        "{\"purposes\":{\"analytics\":true},\"userId\":\"u\"} | 403",
        "[]                                                  | 400",
        "{\"purposes\"                                       | 400"
      })
  void consent_wrong_isClientsError(String body, int status) {
    var answer = SERVER.exchange("PUT", "/v1/consent", body, Map.of("X-Write-Key", "demo"));
    assertThat(answer.expect(status).text("error.code")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "segments.put   | {\"name\":\"n\",\"condition\":{}}                                    | key",
        "segments.put   | {\"key\":\"Bad Key\",\"name\":\"n\",\"condition\":{}}                | key",
        "segments.put   | {\"key\":\"k\",\"name\":\"n\",\"condition\":{\"a\":{\"$bogus\":1}}}  | condition.a.$bogus",
        "segments.put   | {\"key\":\"k\",\"name\":\"n\",\"condition\":{\"$inSegment\":\"none\"}} | condition",
        "segments.put   | {\"key\":\"k\",\"name\":\"n\",\"condition\":{\"$inSegment\":\"k\"}}  | condition",
        "components.put | {\"key\":\"k\",\"name\":\"n\",\"fields\":[],\"template\":\"{{a}}\",\"fallback\":[]} | template",
        "variants.put   | {\"component\":\"none\",\"key\":\"k\",\"content\":{},\"status\":\"draft\"} | component",
        "variants.put   | {\"component\":\"hero\",\"key\":\"k\",\"content\":{},\"status\":\"published\"} | content",
        "rules.put      | {\"key\":\"k\",\"component\":\"hero\",\"priority\":1,\"when\":{},\"then\":{\"show\":\"none\"},\"enabled\":true} | then",
        "rules.put      | {\"key\":\"k\",\"component\":\"hero\",\"priority\":\"x\",\"when\":{},\"then\":{\"show\":\"brand\"},\"enabled\":true} | priority",
        "pages.put      | {\"key\":\"k\",\"site\":\"none\",\"path\":\"/k\",\"template\":\"<p>\"} | site",
        "holdout.put    | {\"percent\":101}                                                     | percent"
      })
  void definition_wrong_is422NamingTheField(String operation, String body, String field) {
    var token = SERVER.login("admin", RunningServer.PASSWORD);
    var answer =
        SERVER.exchange(
            "POST", "/v1/admin/" + operation, body, Map.of("Authorization", "Bearer " + token));
    assertThat(answer.expect(422).text("error.field")).startsWith(field);
    assertThat(answer.text("error.message")).isNotEmpty();
  }
}
