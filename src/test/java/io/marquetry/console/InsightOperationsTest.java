package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.Refused;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Role;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.Answer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InsightOperationsTest {
  private static final Actor ANALYST = new Actor("ann", Set.of(Role.ANALYST));
  private static final Instant NOW = Instant.parse("2026-01-31T08:00:00Z");

  private final Vertx vertx = Vertx.vertx();
  private final List<QueryDecisions> asked = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Operation.Handler> operations = new HashMap<>();
  private volatile List<DecisionRecord> found = List.of();

  @BeforeEach
  void serve() {
    Bus.install(vertx);
    var bus = Bus.of(vertx);
    new InsightOperations(bus, InstantSource.fixed(NOW)).register(operations);
    await(
        bus.serve(
            Addresses.QUERY_DECISIONS,
            query -> {
              asked.add(query);
              return Future.succeededFuture(new Decisions(found));
            }));
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static DecisionRecord decision(String site, String strategy) {
    var choice = new Choice("hero", "vip", strategy, List.of(), 1, 1, -1);
    return new DecisionRecord(
        new Id128(1, 1),
        0,
        site,
        Mode.PERSONALIZED,
        null,
        "home",
        List.of(choice),
        Map.of(),
        1,
        "v1",
        10);
  }

  private Map<String, Object> causes(Map<String, Object> body) {
    var operation = Objects.requireNonNull(operations.get("insights.causes"));
    return await(operation.handle(ANALYST, body));
  }

  @Test
  void causes_ofADay_tellOnWhatTheSlotsOfTheSiteRest() {
    found =
        List.of(
            decision("shop", "rule"), decision("shop", "fallback"), decision("other", "fallback"));
    var all = causes(Map.of());
    assertThat(all).containsEntry("decisions", 3).containsEntry("complete", true);
    assertThat(Answer.at(all, "causes.0.cause")).isEqualTo("fallback");
    assertThat(Answer.at(all, "causes.0.slots")).isEqualTo(2L);
    long to = NOW.toEpochMilli() + 1;
    assertThat(asked)
        .containsExactly(
            new QueryDecisions(null, null, null, null, null, to - 86_400_000, to, 1_000));
    var shop = causes(Map.of("site", "shop"));
    assertThat(shop).containsEntry("decisions", 2);
    assertThat(Answer.at(shop, "causes.0.share")).isEqualTo(.5);
    assertThat(Answer.at(causes(Map.of("site", "nobody's")), "causes")).isEqualTo(List.of());
  }

  @Test
  void causes_ofMoreDecisionsThanAreRead_areNotComplete() {
    found = Collections.nCopies(1_000, decision("shop", "rule"));
    assertThat(causes(Map.of())).containsEntry("complete", false);
  }

  @Test
  void causes_timeThatEndsBeforeItBegins_isRefused() {
    assertThatThrownBy(() -> causes(Map.of("from", 5_000, "to", 5_000)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("must lie before");
  }
}
