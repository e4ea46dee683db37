package io.marquetry.ingest;

import static io.marquetry.ingest.FaceRig.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Refused;
import io.marquetry.kit.Ids;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a sender is told of what became of their events. */
class BeaconAnswerTest {
  @RegisterExtension private static final FaceRig FACE = new FaceRig(Map.of(), Map.of());
  private static final Ids IDS = new Ids(IngestRig.SECRET);

  @Test
  @SuppressWarnings("unchecked")
  void batch_oneBadEvent_keepsTheGood() {
    var body =
        "{\"batch\":[%s,{\"type\":\"track\",\"anonymousId\":\"a\",\"messageId\":\"bad\"},7,%s]}"
            .formatted(PAGE, PAGE.replace("\"m\"", "\"m2\""));
    var response = FACE.postWithKey("/v1/batch", body);
    assertThat(response.statusCode()).isEqualTo(200);
    var answer = FaceRig.json(response);
    assertThat(answer).containsEntry("success", true);
    assertThat((List<Object>) answer.get("rejected"))
        .extracting(
            verdict -> ((Map<String, Object>) verdict).get("index"),
            verdict -> ((Map<String, Object>) verdict).get("code"),
            verdict -> ((Map<String, Object>) verdict).get("messageId"))
        .containsExactly(tuple(1L, "missing_event", "bad"), tuple(2L, "malformed", ""));
    var accept = FACE.accept();
    assertThat(accept.events()).extracting(e -> e.event().messageId()).containsExactly("m", "m2");
    assertThat(accept.rejected()).hasSize(2);
    var letter = accept.rejected().getFirst();
    assertThat(letter.reason()).isEqualTo("missing_event");
    assertThat(letter.about()).containsExactly(IDS.device("shop", "a"));
    assertThat(letter.payload()).contains("\"bad\"");
    assertThat(accept.rejected().get(1).about()).isEmpty();
  }

  @Test
  @SuppressWarnings("unchecked")
  void single_poison_is400WithTheReasonAndKept() {
    var response = FACE.postWithKey("/v1/track", "{\"anonymousId\":\"a\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat((Map<String, Object>) FaceRig.json(response).get("error"))
        .containsEntry("code", "missing_event");
    assertThat(FACE.accept().rejected()).hasSize(1);
  }

  @Test
  void single_noIdentity_is400() {
    var response = FACE.postWithKey("/v1/page", "{\"name\":\"Home\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("no_identity");
  }

  @Test
  void answer_aggregatedAndDuplicates_areCounted() {
    FACE.store =
        accept ->
            Future.succeededFuture(
                new Accepted(
                    List.of(
                        Verdict.STORED,
                        Verdict.AGGREGATED,
                        Verdict.DUPLICATE,
                        Verdict.AGGREGATED)));
    var body = "{\"batch\":[%s,%s,%s,%s]}".formatted(PAGE, PAGE, PAGE, PAGE);
    assertThat(FaceRig.json(FACE.postWithKey("/v1/batch", body)))
        .isEqualTo(Map.of("success", true, "aggregateOnly", 2L, "duplicates", 1L));
  }

  @Test
  void batch_empty_isTakenAsItIs() {
    assertThat(FaceRig.json(FACE.postWithKey("/v1/batch", "{\"batch\":[]}")))
        .isEqualTo(Map.of("success", true));
  }

  @Test
  void store_overloaded_is429WithRetryAfter() {
    FACE.store = accept -> Future.failedFuture(new Refused(Refused.Reason.OVERLOADED, "later"));
    var response = FACE.postWithKey("/v1/page", PAGE);
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValueAsLong("Retry-After")).hasValue(1);
  }

  @Test
  void store_unavailableOrBroken_is503WithRetryAfter() {
    for (var failure :
        List.of(
            new Refused(Refused.Reason.UNAVAILABLE, "the log"),
            new IllegalStateException("a bug"))) {
      FACE.store = accept -> Future.failedFuture(failure);
      for (var response :
          List.of(
              FACE.postWithKey("/v1/page", PAGE),
              FACE.get("/pixel/v1/page?writeKey=shop-key&anonymousId=a"))) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValueAsLong("Retry-After")).hasValue(1);
        assertThat(response.body()).doesNotContain("success\":true");
      }
    }
  }
}
