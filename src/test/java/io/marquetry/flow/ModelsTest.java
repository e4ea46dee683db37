package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.viewed;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.ModelServer;
import io.marquetry.testkit.ModelServer.Manner;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import io.marquetry.testkit.Visitor;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Models on a running server: the built-in one learns from what visitors do and is asked. */
@Tag("server")
class ModelsTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  /** The budget of a page, and what a busy test machine may add to a timer. */
  private static final double BUDGET_MILLIS = 60;

  private static final Map<String, Object> LIKE_BOOTS =
      Map.of(
          "id",
          "q1",
          "inputs",
          List.of(
              Map.of(
                  "name",
                  "items",
                  "datatype",
                  "BYTES",
                  "shape",
                  List.of(1),
                  "data",
                  List.of("mq-boots"))));

  private static Answer ask(String method, String path, Object body) {
    var key = Map.of("Authorization", "Bearer " + RunningServer.DEMO);
    return SERVER.exchange(method, path, body, key).expect(200);
  }

  @Test
  void protocol_afterVisitorsLooked_namesWhatGoesTogether() {
    for (int i = 0; i < 6; i++) {
      var visitor = SERVER.visitor().accepts();
      visitor.send(viewed("mq-boots", "shoes"), viewed("mq-laces", "shoes")).expect(200);
    }
    SERVER.visitor().accepts().send(viewed("mq-lamp", "home")).expect(200);
    // Whoever refused teaches nothing.
    var refused = SERVER.visitor();
    refused.refuses();
    refused.send(viewed("mq-boots", "shoes"), viewed("mq-secret", "shoes"));

    var trained = SERVER.admin("models.train", Map.of()).expect(200);
    assertThat(trained.number("states.co-occurrence.events")).isGreaterThanOrEqualTo(13);
    var answer = ask("POST", "/v2/models/co-occurrence/infer", LIKE_BOOTS);
    assertThat(answer.text("id")).isEqualTo("q1");
    assertThat(answer.text("outputs.0.name")).isEqualTo("items");
    assertThat(answer.text("outputs.0.data.0")).isEqualTo("mq-laces");
    assertThat(answer.list("outputs.0.data")).doesNotContain("mq-secret", "mq-boots");
    assertThat(answer.number("outputs.2.data.0")).isBetween(0.5, 0.99);

    var pinned = "/v2/models/co-occurrence/versions/" + answer.text("model_version");
    ask("POST", pinned + "/infer", LIKE_BOOTS);
    assertThat(ask("GET", pinned + "/ready", "").at("ready")).isEqualTo(true);
    assertThat(ask("GET", "/v2/models/co-occurrence", "").list("versions"))
        .contains(answer.text("model_version"));
  }

  /**
   * A page whose hero and call to action go by a model that does its worst: it comes within its
   * time, and no slot is empty.
   */
  @Test
  void pages_modelKilledSlowedOrLying_comeInTimeAndWhole() throws Exception {
    var vertx = Vertx.vertx();
    var model = ModelServer.start(vertx);
    try {
      goBy("ranker", model);
      var visitor = SERVER.visitor().accepts();
      visitor.looksAt("/");
      Until.until("the model is asked and heard", () -> strategies(visitor).contains("model"));

      for (var manner : Manner.values()) {
        model.behave(manner);
        goBy("m-" + manner.name(), model);
        var millis = new ArrayList<Double>();
        for (int i = 0; i < 20; i++) {
          var decided = decide(visitor);
          millis.add(decided.number("millis"));
          assertThat(decided.list("decisions"))
              .extracting(one -> Answer.at(one, "variant"))
              .as(manner.name())
              .doesNotContainNull();
        }
        assertThat(visitor.page("/").variants().values()).as(manner.name()).doesNotContain("");
        millis.sort(Double::compare);
        assertThat(millis.get(18)).as("%s: %s", manner, millis).isLessThanOrEqualTo(BUDGET_MILLIS);
      }
      model.close();
      assertThat(strategies(visitor)).doesNotContain("model", "none");
      var calls = SERVER.admin("models.list", Map.of());
      assertThat(calls.number("states.m-FAILS.calls.refused")).isGreaterThanOrEqualTo(5);
      assertThat(calls.number("states.m-FAILS.calls.open")).isPositive();
      assertThat(calls.number("states.m-HANGS.calls.late")).isGreaterThanOrEqualTo(5);
      assertThat(calls.number("states.m-GARBAGE.calls.garbage")).isPositive();
      assertThat(SERVER.get("/metrics").expect(200).body())
          .contains("marquetry_models_calls_total", "marquetry_decisions_scores_total");
    } finally {
      vertx.close();
    }
  }

  @Test
  void pages_modelSlowerThanAComponentAllows_showItsNextStep() throws Exception {
    var vertx = Vertx.vertx();
    var model = ModelServer.start(vertx);
    try {
      model.behave(Manner.HANGS);
      goBy("waits", model);
      var body = new HashMap<>(SERVER.admin("components.get", Map.of("key", "cta")).json());
      body.put("timeout", 8);
      SERVER.admin("components.put", body);
      var decided = decide(SERVER.visitor().accepts());
      assertThat(decided.toString()).contains("in the 8 ms this component waits at most");
      assertThat(decided.list("decisions"))
          .extracting(one -> Answer.at(one, "strategy"))
          .doesNotContain("model", "none");
      assertThat(SERVER.get("/metrics").expect(200).body())
          .containsPattern("marquetry_decisions_scores_overtime_total\\{[^}]*} [1-9]");
      body.remove("timeout");
      body.remove("version");
      SERVER.admin("components.put", body);
    } finally {
      model.close();
      vertx.close();
    }
  }

  /** Has two components of the demo go by a model, their arms being their fallback chains. */
  private static void goBy(String key, ModelServer model) {
    SERVER.admin(
        "models.put",
        Map.of("key", key, "url", model.url(), "timeoutMillis", 30, "cacheSeconds", 0));
    for (var component : List.of("hero", "cta")) {
      var body = new HashMap<>(SERVER.admin("components.get", Map.of("key", component)).json());
      body.put("strategy", Map.of("kind", "model", "model", key));
      SERVER.admin("components.put", body);
    }
  }

  private static List<Object> strategies(Visitor visitor) {
    return decide(visitor).list("decisions").stream()
        .map(one -> String.valueOf(Answer.at(one, "strategy")))
        .<Object>map(one -> one)
        .toList();
  }

  private static Answer decide(Visitor visitor) {
    var body =
        Map.of(
            "writeKey", RunningServer.DEMO,
            "anonymousId", visitor.deviceId(),
            "components", List.of("hero", "cta"));
    return SERVER.post("/v1/decide", body).expect(200);
  }

  @Test
  void protocol_healthAndFaults_areAnsweredInItsWords() {
    assertThat(SERVER.get("/v2/health/live").expect(200).at("live")).isEqualTo(true);
    assertThat(SERVER.get("/v2/health/ready").expect(200).at("ready")).isEqualTo(true);
    assertThat(SERVER.get("/v2").expect(200).text("name")).isEqualTo("marquetry");
    var path = "/v2/models/co-occurrence/infer";
    assertThat(SERVER.post(path, LIKE_BOOTS).expect(401).text("error")).isNotEmpty();
    var key = Map.of("Authorization", "Bearer " + RunningServer.DEMO);
    for (var body : List.of("{", "[]", "{\"inputs\":1}")) {
      assertThat(SERVER.exchange("POST", path, body, key).expect(400).text("error")).isNotEmpty();
    }
    assertThat(SERVER.exchange("GET", "/v2/models/none", null, key).expect(404).text("error"))
        .isNotEmpty();
  }
}
