package io.marquetry.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.ModelsMessage.GetModels;
import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.Score;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.bus.ModelsMessage.Source;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.Topology;
import io.marquetry.testkit.ModelServer;
import io.marquetry.testkit.ModelServer.Manner;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The component with a model beside it that behaves as badly as models do. */
class ScoreDeskTest {
  private static final int WAIT = 40;

  /** Time over the wait that a busy machine may take. */
  private static final long SLACK = 400;

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus;
  private ModelServer model;

  ScoreDeskTest() {
    Bus.install(vertx);
    bus = Bus.of(vertx);
  }

  @BeforeEach
  void startModel() throws Exception {
    model = ModelServer.start(vertx);
  }

  @AfterEach
  void close() throws Exception {
    model.close();
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Definition definition(String key, Map<String, Object> more) {
    var body = new HashMap<String, Object>(Map.of("key", key, "url", model.url(), "model", "stub"));
    body.put("timeoutMillis", WAIT);
    body.putAll(more);
    return new Definition(Kind.MODEL, key, 1, body);
  }

  private void deploy(Definition... definitions) throws Exception {
    var catalogue = new Catalogue("v", 1, List.of(definitions), List.of());
    await(bus.serve(Addresses.CATALOGUE, ask -> Future.succeededFuture(catalogue)));
    var secret = new byte[32];
    var context =
        new ComponentContext(
            "models",
            0,
            1,
            Map.of(),
            new ServerSettings("127.0.0.1", 0, Path.of("target"), false, "", "test"),
            new Topology(1, List.of()),
            new PgConnectOptions(),
            new Secrets(secret, secret),
            InstantSource.system());
    await(vertx.deployVerticle(new ModelsVerticle(context)));
  }

  private Scored score(String key, long visitor, int millis, String... candidates)
      throws Exception {
    return await(
        bus.ask(
            Addresses.SCORE,
            new Score(
                key,
                "shop",
                new Id128(visitor, visitor),
                Map.of("attributes.propensity.purchase", 0.25, "visits", 3L),
                List.of(candidates),
                10,
                millis)));
  }

  @Test
  void score_goodModel_ranksCandidatesBestFirst() throws Exception {
    deploy(
        definition(
            "ranker",
            Map.of(
                "pin",
                "3",
                "timeoutMillis",
                2_000,
                "features",
                List.of(
                    Map.of("tensor", "p", "field", "attributes.propensity.purchase"),
                    Map.of("tensor", "n", "field", "visits", "type", "INT64"),
                    Map.of("tensor", "plan", "field", "traits.plan", "type", "BYTES"),
                    Map.of(
                        "tensor", "age", "field", "traits.age", "type", "FP64", "default", 40)))));
    warmUp("ranker");
    var scored = score("ranker", 1, 1_000, "a", "b", "c");
    assertThat(scored.outcome()).isEqualTo(Outcome.OK);
    assertThat(scored.source()).isEqualTo(Source.LIVE);
    assertThat(scored.version()).isEqualTo("7");
    assertThat(scored.items())
        .containsExactly(
            new ScoredItem("c", 2, 0.75),
            new ScoredItem("b", 1, 0.75),
            new ScoredItem("a", 0, 0.75));
    assertThat(model.asked()).containsOnly("/v2/models/stub/versions/3/infer");
    var inputs = model.question().path("inputs");
    assertThat(inputs.findValuesAsText("name")).containsExactly("p", "n", "age", "candidates");
    assertThat(inputs.path(0).path("data").path(0).asDouble()).isEqualTo(0.25);
    assertThat(inputs.path(1).path("datatype").asText()).isEqualTo("INT64");
    assertThat(inputs.path(2).path("data").path(0).asDouble()).isEqualTo(40);
  }

  @ParameterizedTest
  @CsvSource({
    "SLOW,LATE",
    "HANGS,LATE",
    "DRIPS,LATE",
    "RESETS,UNREACHABLE",
    "FAILS,REFUSED",
    "REDIRECTS,REFUSED",
    "GARBAGE,GARBAGE",
    "INFINITE,GARBAGE",
    "HUGE,GARBAGE",
    "NAN,NOT_FINITE",
    "MISSHAPEN,MISSHAPEN",
    "MAKES_UP,MISSHAPEN"
  })
  void score_hostileModel_saysWhyInTime(Manner manner, Outcome outcome) throws Exception {
    // Ten megabytes take their time on a busy machine; they are to be cut off, not waited out.
    int wait = manner == Manner.HUGE ? 1_000 : 300;
    model.slowBy(wait * 2L);
    deploy(definition("ranker", Map.of("timeoutMillis", wait)));
    model.behave(manner);
    long began = System.nanoTime();
    var scored = score("ranker", 1, wait, "m1", "m2");
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    assertThat(scored.outcome()).isEqualTo(outcome);
    assertThat(scored.source()).isEqualTo(Source.NONE);
    assertThat(scored.items()).isEmpty();
    assertThat(millis).isLessThan(wait + SLACK);
  }

  @Test
  void score_modelGone_isUnreachable() throws Exception {
    deploy(definition("ranker", Map.of("url", "http://127.0.0.1:1", "timeoutMillis", 500)));
    assertThat(score("ranker", 1, 500, "a").outcome()).isEqualTo(Outcome.UNREACHABLE);
  }

  @Test
  void score_notDefinedOrOff_isUnknown() throws Exception {
    deploy(definition("ranker", Map.of("enabled", false)));
    assertThat(score("ranker", 1, WAIT, "a").outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(score("other", 1, WAIT, "a").outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void score_modelFailsAfterGoodAnswer_lastGoodStandsIn() throws Exception {
    deploy(definition("ranker", Map.of("timeoutMillis", 500)));
    var good = score("ranker", 1, 500, "a", "b");
    model.behave(Manner.FAILS);
    var later = score("ranker", 2, 500, "a", "b");
    assertThat(later.source()).isEqualTo(Source.CACHED);
    assertThat(later.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(later.items()).isEqualTo(good.items());
    assertThat(score("ranker", 1, 500, "a", "c").source()).isEqualTo(Source.NONE);
  }

  @Test
  void score_lateAnswer_isThereForTheNext() throws Exception {
    deploy(definition("ranker", Map.of("timeoutMillis", 20)));
    model.behave(Manner.SLOW);
    model.slowBy(60);
    assertThat(score("ranker", 1, 20, "a").source()).isEqualTo(Source.NONE);
    Scored next;
    int tries = 0;
    do {
      await(vertx.timer(20));
      next = score("ranker", 1, 1, "a");
    } while (next.source() == Source.NONE && tries++ < 100);
    assertThat(next.source()).isEqualTo(Source.CACHED);
    assertThat(next.outcome()).isEqualTo(Outcome.LATE);
  }

  @Test
  void score_failsAgainAndAgain_isLeftAlone() throws Exception {
    deploy(definition("ranker", Map.of("timeoutMillis", 500)));
    model.behave(Manner.FAILS);
    for (int i = 0; i < 5; i++) {
      assertThat(score("ranker", i, 500, "a").outcome()).isEqualTo(Outcome.REFUSED);
    }
    for (int i = 0; i < 50; i++) {
      assertThat(score("ranker", i, 500, "a").outcome()).isEqualTo(Outcome.OPEN);
    }
    assertThat(model.asked()).hasSize(5);
  }

  @Test
  void score_canary_getsItsShareOfVisitorsAlways() throws Exception {
    deploy(
        definition(
            "ranker",
            Map.of(
                "pin",
                "1",
                "timeoutMillis",
                1_000,
                "canary",
                Map.of("version", "2", "percent", 20))));
    for (int round = 0; round < 2; round++) {
      for (int visitor = 0; visitor < 200; visitor++) {
        score("ranker", visitor * 7_919L, 1_000, "a");
      }
    }
    var paths = model.asked();
    assertThat(paths.subList(0, 200)).isEqualTo(paths.subList(200, 400));
    long canaries = paths.stream().filter(path -> path.contains("/versions/2/")).count() / 2;
    assertThat(canaries).isBetween(20L, 62L);
  }

  @Test
  void score_shadow_isAskedAndComparedAndNeverUsed() throws Exception {
    try (var other = ModelServer.start(vertx)) {
      deploy(
          definition("ranker", Map.of("timeoutMillis", 500, "shadow", Map.of("model", "shadow"))),
          definition("shadow", Map.of("url", other.url())));
      other.behave(Manner.NAN);
      assertThat(score("ranker", 1, 500, "m1", "m2").items()).hasSize(2);
      compared(1);
      other.behave(Manner.GOOD);
      assertThat(score("ranker", 1, 500, "m1", "m2").items()).hasSize(2);
      compared(2);
      assertThat(other.asked()).hasSize(2);
      assertThat(shadow())
          .containsEntry("asked", 2L)
          .containsEntry("failed", 1L)
          .containsEntry("sameFirst", 1L)
          .containsEntry("sharedItems", 1.0);
    }
  }

  /** The first call of a process loads much of what it needs. */
  private void warmUp(String key) throws Exception {
    for (int i = 0; i < 20; i++) {
      if (score(key, 1, 1_000, "a", "b", "c").source() == Source.LIVE) {
        return;
      }
    }
  }

  private void compared(long times) throws Exception {
    for (int i = 0; i < 2_000 && !Long.valueOf(times).equals(shadow().get("asked")); i++) {
      await(vertx.timer(5));
    }
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> shadow() throws Exception {
    var states = await(bus.ask(Addresses.MODELS, new GetModels())).models();
    var ranker = (Map<String, Object>) states.get("ranker");
    return ranker != null && ranker.get("shadow") instanceof Map<?, ?> shadow
        ? (Map<String, Object>) shadow
        : Map.of("asked", 0L);
  }
}
