package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static io.marquetry.testkit.Beacon.track;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.marquetry.testkit.KafkaBroker;
import io.marquetry.testkit.KafkaTopic;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import io.marquetry.testkit.Visitor;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes out to Kafka beside the log: segments of profiles, with consent; dead letters. */
@Tag("server")
@Tag("kafka")
class KafkaFeedsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension
  static final RunningServer SERVER =
      KafkaTest.on(KafkaBroker.shared().bootstrap(), "feeds.").prepared();

  private static final KafkaTopic CHANGES =
      new KafkaTopic(KafkaBroker.shared().bootstrap(), "feeds.profile-changes");

  private static Visitor prospect(RunningServer server) {
    var visitor = server.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    return visitor;
  }

  private static String profile(RunningServer server, Visitor visitor) {
    return server.profile("anonymous:" + visitor.deviceId()).text("profileId");
  }

  private static JsonNode told(KafkaTopic topic, String profile) throws IOException {
    var value = topic.compacted().get(profile);
    return value == null ? JSON.missingNode() : JSON.readTree(value);
  }

  private static void isThere(KafkaTopic topic, String profile) {
    Until.untilAsserted(
        "the profile is in the topic",
        PATIENCE,
        () -> {
          var told = told(topic, profile);
          assertThat(told.path("segments").toString()).contains("\"enterprise-prospects\"");
          assertThat(told.path("site").asText()).isEqualTo("demo");
          assertThat(told.path("profileId").asText()).isEqualTo(profile);
          assertThat(told.path("purposes").path("marketing").asBoolean()).isTrue();
        });
  }

  @Test
  void segments_change_goOutUnderTheProfile() {
    var visitor = prospect(SERVER);
    isThere(CHANGES, profile(SERVER, visitor));
    assertThat(SERVER.get("/metrics").body())
        .contains("marquetry_kafka_waiting{topic=\"feeds.profile-changes\"")
        .contains("marquetry_kafka_shed_total{topic=\"feeds.profile-changes\"");
  }

  @Test
  void withdrawal_atItsAnswer_isOutOfTheTopicAndConsentAgainBringsItBack() throws IOException {
    var visitor = prospect(SERVER);
    var cookie = visitor.cookie("mq_id");
    var profile = profile(SERVER, visitor);
    isThere(CHANGES, profile);
    var answer = visitor.refuses();
    assertThat(told(CHANGES, profile).isMissingNode()).as("at the answer").isTrue();
    assertThat(answer.at("propagation.complete")).isEqualTo(true);
    visitor.setCookie("mq_id", cookie).accepts();
    isThere(CHANGES, profile);
  }

  @Test
  void withdrawalOfPersonalization_eventsGoOn_staysOut() throws IOException {
    var visitor = prospect(SERVER);
    var profile = profile(SERVER, visitor);
    isThere(CHANGES, profile);
    visitor.consents(Map.of("personalization", false)).expect(200);
    assertThat(told(CHANGES, profile).isMissingNode()).isTrue();
    visitor.send(track("Product Added", Map.of("productId", "p1"))).expect(200);
    isThere(CHANGES, profile(SERVER, prospect(SERVER)));
    assertThat(told(CHANGES, profile).isMissingNode()).as("and what came later is there").isTrue();
  }

  @Test
  void marketingRefused_isToldWithTheProfile() {
    var visitor = SERVER.visitor();
    visitor
        .consents(Map.of("analytics", true, "personalization", true, "marketing", false))
        .expect(200);
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    var profile = profile(SERVER, visitor);
    Until.untilAsserted(
        "the profile is in the topic",
        PATIENCE,
        () -> {
          var purposes = told(CHANGES, profile).path("purposes");
          assertThat(purposes.path("personalization").asBoolean()).isTrue();
          assertThat(purposes.path("marketing").asBoolean(true)).isFalse();
        });
  }

  @Test
  void merge_profileThatWentUp_isRemoved() {
    var visitor = prospect(SERVER);
    var other = prospect(SERVER);
    var before = List.of(profile(SERVER, visitor), profile(SERVER, other));
    before.forEach(each -> isThere(CHANGES, each));
    visitor.send(identify("user-feeds", Map.of())).expect(200);
    other.send(identify("user-feeds", Map.of())).expect(200);
    var joined = profile(SERVER, visitor);
    assertThat(profile(SERVER, other)).isEqualTo(joined);
    isThere(CHANGES, joined);
    var gone = before.stream().filter(each -> !each.equals(joined)).toList();
    assertThat(gone).isNotEmpty();
    Until.untilAsserted(
        "those that went up are gone",
        PATIENCE,
        () -> assertThat(CHANGES.compacted()).containsKey(joined).doesNotContainKeys(keys(gone)));
  }

  private static String[] keys(List<String> all) {
    return all.toArray(String[]::new);
  }

  @Test
  void deadLetter_isCopiedToItsTopic() {
    var visitor = SERVER.visitor().accepts();
    var bad = page("/").with("type", "wink");
    visitor.send(bad).expect(400);
    var letters = new KafkaTopic(KafkaBroker.shared().bootstrap(), "feeds.deadletters");
    Until.untilAsserted(
        "the letter is in the topic",
        PATIENCE,
        () ->
            assertThat(letters.records())
                .anySatisfy(
                    record -> {
                      var letter = JSON.readTree(record.value());
                      assertThat(new String(record.key(), UTF_8)).isEqualTo("demo");
                      assertThat(letter.path("messageId").asText()).isEqualTo(bad.messageId());
                      assertThat(letter.path("reason").asText()).isEqualTo("unknown_type");
                    }));
  }

  /** What changed while Kafka was away, or the server was, gets there. */
  @Test
  void brokerAwayAndServerKilled_topicCatchesUp() {
    try (var broker = KafkaBroker.startOwn();
        var server = KafkaTest.on(broker.bootstrap(), "late.").start()) {
      var changes = new KafkaTopic(broker.bootstrap(), "late.profile-changes");
      var stays = prospect(server);
      var leaves = prospect(server);
      isThere(changes, profile(server, leaves));
      broker.kill9();
      var answer = leaves.refuses();
      assertThat(answer.at("propagation.complete"))
          .as("the topic does not know yet, and the answer says so")
          .isEqualTo(false);
      var kept = profile(server, stays);
      server.kill9();
      broker.restart();
      server.restart();
      isThere(changes, kept);
      Until.until(
          "the other one is removed",
          PATIENCE,
          () -> changes.compacted().keySet().stream().allMatch(kept::equals));
    }
  }
}
