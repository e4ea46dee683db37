package io.marquetry.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Refused;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.platform.StartupProblem;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks over real HTTP, signed as their providers sign. */
class HookRoutesTest {
  private static final Ids IDS = new Ids(IngestRig.SECRET);
  private static final String SENDGRID =
      "[{\"email\":\"jo@shop.test\",\"timestamp\":1795341600,\"event\":\"open\",\"sg_event_id\":\"e1\",\"userId\":\"u\"}]";
  private static final String ZENDESK =
      "{\"id\":\"z1\",\"type\":\"zen:event-type:ticket.created\",\"time\":\"2026-11-22T10:00:00Z\",\"detail\":{\"id\":\"7\",\"requester_id\":\"361\"}}";
  private static final String INTERCOM =
      "{\"id\":\"n1\",\"topic\":\"conversation.user.created\",\"created_at\":1795341600,\"data\":{\"item\":{\"id\":\"7\",\"contacts\":{\"contacts\":[{\"id\":\"c\"}]}}}}";

  @TempDir static Path files;

  private static KeyPair keys;
  private static FaceRig face;

  @BeforeAll
  static void start() throws GeneralSecurityException, IOException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    keys = generator.generateKeyPair();
    var secrets =
        Map.of(
            "shop",
            Map.of(
                "sendgrid",
                Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()),
                "zendesk",
                List.of("newer", "older"),
                "intercom",
                "client-secret"));
    Files.write(files.resolve("secrets.json"), Json.write(secrets));
    var mappings = Files.createDirectory(files.resolve("mappings"));
    Files.writeString(
        mappings.resolve("own.json"),
        "{\"type\":\"kind\",\"userId\":\"who\",\"names\":{\"a\":\"Thing Happened\"}}");
    Files.writeString(
        mappings.resolve("postmark.json"),
        "{\"type\":\"RecordType\",\"userId\":\"Recipient\",\"names\":{\"Open\":\"Letter Read\"}}");
    Files.writeString(mappings.resolve("notes.txt"), "not a mapping");
    face =
        new FaceRig(Map.of(), hooks(mappings.toString(), files.resolve("secrets.json").toString()));
  }

  private static Map<String, Object> hooks(String directory, String secrets) {
    var settings = new LinkedHashMap<String, Object>();
    if (!directory.isEmpty()) {
      settings.put("directory", directory);
    }
    if (!secrets.isEmpty()) {
      settings.put("secrets", secrets);
    }
    return Map.of("dialects", Map.of("hooks", settings));
  }

  @AfterAll
  static void stop() {
    face.close();
  }

  @BeforeEach
  void reset() {
    face.reset();
  }

  private static String ecdsa(String signed) throws GeneralSecurityException {
    var signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(keys.getPrivate());
    signer.update(signed.getBytes(UTF_8));
    return Base64.getEncoder().encodeToString(signer.sign());
  }

  private static byte[] hmac(String algorithm, String secret, String signed)
      throws GeneralSecurityException {
    var mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
    return mac.doFinal(signed.getBytes(UTF_8));
  }

  private static String[] zendesk(String secret, String body) throws GeneralSecurityException {
    var time = "2026-11-22T10:00:01Z";
    return new String[] {
      "X-Zendesk-Webhook-Signature",
      Base64.getEncoder().encodeToString(hmac("HmacSHA256", secret, time + body)),
      "X-Zendesk-Webhook-Signature-Timestamp",
      time
    };
  }

  // ---- signatures

  @Test
  void sendgrid_signed_isTaken() throws GeneralSecurityException {
    var time = "1795341601";
    var response =
        face.post(
            "/v1/hooks/sendgrid?writeKey=shop-key",
            SENDGRID,
            "X-Twilio-Email-Event-Webhook-Signature",
            ecdsa(time + SENDGRID),
            "X-Twilio-Email-Event-Webhook-Timestamp",
            time);
    assertThat(response.statusCode()).isEqualTo(200);
    var event = face.event();
    assertThat(event.name()).isEqualTo("Email Opened");
    assertThat(event.messageId()).isEqualTo("sendgrid:e1");
    assertThat(event.subject().user()).isEqualTo(IDS.user("shop", "u"));
    assertThat(event.subject().device()).isEqualTo(IDS.device("shop", "email:jo@shop.test"));
    assertThat(event.flags()).isEmpty();
  }

  @Test
  void zendesk_signedWithEitherSecret_isTaken() throws GeneralSecurityException {
    for (var secret : List.of("newer", "older")) {
      var response =
          face.post("/v1/hooks/zendesk?writeKey=shop-key", ZENDESK, zendesk(secret, ZENDESK));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(face.event().name()).isEqualTo("Ticket Created");
    }
  }

  @Test
  void intercom_signed_isTaken() throws GeneralSecurityException {
    var signature = HexFormat.of().formatHex(hmac("HmacSHA1", "client-secret", INTERCOM));
    var response =
        face.post(
            "/v1/hooks/intercom?writeKey=shop-key",
            INTERCOM,
            "X-Hub-Signature",
            "sha1=" + signature);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(face.event().name()).isEqualTo("Ticket Created");
  }

  @Test
  void signature_missingAlteredOrOfAnother_isRefused() throws GeneralSecurityException {
    var path = "/v1/hooks/zendesk?writeKey=shop-key";
    var other = ZENDESK.replace("\"7\"", "\"8\"");
    var right = zendesk("newer", ZENDESK);
    var otherTime = right.clone();
    otherTime[3] = "2026-11-22T10:00:02Z";
    for (var response :
        List.of(
            face.post(path, ZENDESK),
            face.post(path, other, right),
            face.post(path, ZENDESK, otherTime),
            face.post(path, ZENDESK, right[0], right[1]),
            face.post(path, ZENDESK, right[0], "no base64 at all", right[2], right[3]),
            face.post(path, ZENDESK, zendesk("wrong", ZENDESK)),
            face.post("/v1/hooks/zendesk?writeKey=shut-key", ZENDESK, right),
            face.post("/v1/hooks/zendesk", ZENDESK, right),
            face.post("/v1/hooks/postmark?writeKey=shop-key", "{}"),
            face.post("/v1/hooks/sendgrid?writeKey=shop-key", SENDGRID),
            face.post(
                "/v1/hooks/intercom?writeKey=shop-key", INTERCOM, "X-Hub-Signature", "sha1=00ff"),
            face.post(
                "/v1/hooks/intercom?writeKey=shop-key", INTERCOM, "X-Hub-Signature", "md5=0"))) {
      assertThat(response.statusCode()).isEqualTo(401);
    }
    assertThat(face.taken).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sendgrid", "zendesk", "intercom", "postmark", "own"})
  void serverKey_anyProvider_opensByItself(String provider) {
    for (var headers :
        List.of(
            new String[] {"Authorization", FaceRig.basic("shut-server")},
            new String[] {"X-Write-Key", "shut-server"})) {
      assertThat(face.post("/v1/hooks/" + provider, "{}", headers).statusCode()).isEqualTo(200);
    }
    assertThat(face.post("/v1/hooks/" + provider + "?writeKey=shut-server", "{}").statusCode())
        .isEqualTo(200);
  }

  // ---- mappings

  @Test
  void mapping_ofTheDirectory_addsToOursAndReplacesThem() {
    var key = new String[] {"X-Write-Key", "shop-server"};
    face.post("/v1/hooks/own", "{\"kind\":\"a\",\"who\":\"u\"}", key);
    assertThat(face.event().name()).isEqualTo("Thing Happened");
    face.post("/v1/hooks/postmark", "{\"RecordType\":\"Open\",\"Recipient\":\"u\"}", key);
    assertThat(face.event().name()).isEqualTo("Letter Read");
    assertThat(face.post("/v1/hooks/notes", "{}", key).statusCode()).isEqualTo(404);
  }

  @Test
  void mapping_unusable_stopsTheStartNamingTheFile(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("broken.json"), "{\"type\":\"t\"}");
    assertThatThrownBy(() -> new FaceRig(Map.of(), hooks(directory.toString(), "")))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("broken.json: names must be an object");
    assertThatThrownBy(() -> new FaceRig(Map.of(), hooks("/nowhere/at/all", "")))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("/nowhere/at/all");
    Files.writeString(directory.resolve("broken.json"), "{\"shop\":{\"zendesk\":[7]}}");
    assertThatThrownBy(
            () -> new FaceRig(Map.of(), hooks("", directory.resolve("broken.json").toString())))
        .isInstanceOf(StartupProblem.class)
        .hasMessageContaining("shop.zendesk must be");
  }

  // ---- answers

  @Test
  void body_eventsWithoutAName_arePassedOverAndCounted() {
    var body = SENDGRID.replace("]", ",{\"event\":\"processed\"},{\"event\":\"deferred\"}]");
    var response = face.post("/v1/hooks/sendgrid", body, "X-Write-Key", "shop-server");
    assertThat(Json.readOwn(response.body())).isEqualTo(Map.of("success", true, "ignored", 2L));
    assertThat(face.accept().events()).hasSize(1);
  }

  /** A provider would send all of it again, for ever, for the sake of the bad one. */
  @Test
  void body_badEvents_areDeadLettersAndStillAnswered() {
    var body = "[{\"event\":\"open\",\"email\":\"a@b.test\",\"timestamp\":\"soon\"},7]";
    var response = face.post("/v1/hooks/sendgrid", body, "X-Write-Key", "shop-server");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"success\":false", "bad_timestamp");
    assertThat(face.accept().rejected())
        .extracting(letter -> letter.reason())
        .containsExactly("bad_timestamp", "malformed");
  }

  @Test
  void body_noJsonTooLargeOrTooMany_isRefused() {
    var key = new String[] {"X-Write-Key", "shop-server"};
    assertThat(face.post("/v1/hooks/sendgrid", "event=open", key).statusCode()).isEqualTo(400);
    assertThat(face.post("/v1/hooks/sendgrid", " ".repeat((1 << 20) + 1), key).statusCode())
        .isEqualTo(413);
    var many = "[" + "0,".repeat(5_000) + "0]";
    assertThat(face.post("/v1/hooks/sendgrid", many, key).statusCode()).isEqualTo(400);
  }

  @Test
  void store_away_isSentAgain() {
    face.store = accept -> Future.failedFuture(new Refused(Refused.Reason.UNAVAILABLE, "the log"));
    var response = face.post("/v1/hooks/sendgrid", SENDGRID, "X-Write-Key", "shop-server");
    assertThat(response.statusCode()).isEqualTo(503);
  }

  /** The provider's server is nobody's browser: neither its cookie nor its agent counts. */
  @Test
  void request_ofTheProvider_saysNothingOfTheVisitor() {
    face.post(
        "/v1/hooks/sendgrid",
        SENDGRID,
        "X-Write-Key",
        "shop-server",
        "User-Agent",
        "SendGrid Event API bot",
        "X-Geo-Country",
        "US");
    var event = face.event();
    assertThat(event.flags()).isEmpty();
    assertThat(event.object("context")).doesNotContainKeys("geo", "userAgent");
  }
}
