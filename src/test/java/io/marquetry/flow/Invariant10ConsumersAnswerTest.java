package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Ask;
import io.marquetry.bus.Bus;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.bus.SystemMessage.Pong;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whoever asks over the bus is answered at once, whatever the server of the address does. */
class Invariant10ConsumersAnswerTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration AT_ONCE = Duration.ofSeconds(2);
  private static final Vertx VERTX = Vertx.vertx();

  @BeforeAll
  static void install() {
    Bus.install(VERTX);
  }

  @AfterAll
  static void close() throws Exception {
    VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void ask_served_isAnswered() throws Exception {
    var pong = new Pong("test", 0, "ready", 0);
    assertThat(ask("served", ping -> Future.succeededFuture(pong))).isSameAs(pong);
  }

  @Test
  void ask_serverThrows_isAnsweredAtOnce() throws Exception {
    var refused =
        refusal(
            "throws",
            ping -> {
              throw new IllegalStateException("a bug");
            });
    assertThat(refused.reason()).isEqualTo(Refused.Reason.UNAVAILABLE);
  }

  @Test
  void ask_serverFails_isAnsweredAtOnce() throws Exception {
    var refused = refusal("fails", ping -> Future.failedFuture(new RuntimeException("a bug")));
    assertThat(refused.reason()).isEqualTo(Refused.Reason.UNAVAILABLE);
  }

  @Test
  void ask_serverGivesNoFuture_isAnsweredAtOnce() throws Exception {
    var refused = refusal("null", ping -> none());
    assertThat(refused.reason()).isEqualTo(Refused.Reason.UNAVAILABLE);
  }

  @Test
  void ask_serverRefuses_isToldWhyAndWhere() throws Exception {
    for (var reason : Refused.Reason.values()) {
      var refused =
          refusal(
              "refuses-" + reason,
              ping -> Future.failedFuture(new Refused(reason, "a.field", "because\nof that")));
      assertThat(refused.reason()).isEqualTo(reason);
      assertThat(refused.field()).isEqualTo("a.field");
      assertThat(refused.text()).isEqualTo("because\nof that");
    }
  }

  @Test
  void ask_nobodyServes_isAnsweredAtOnce() throws Exception {
    var refused = refusal("nobody", null);
    assertThat(refused.reason()).isEqualTo(Refused.Reason.UNAVAILABLE);
  }

  @Test
  void ask_serverLate_isAnsweredAtTheDeadline() throws Exception {
    var soon = new Ask<>("test.qry.late", Ping.class, Pong.class, Duration.ofMillis(50));
    var never = Promise.<Pong>promise();
    await(Bus.of(VERTX).serve(soon, ping -> never.future()));
    assertThat(refusal(Bus.of(VERTX).ask(soon, new Ping())).reason())
        .isEqualTo(Refused.Reason.UNAVAILABLE);
  }

  @SuppressWarnings("NullAway") // what a careless server would do
  private static Future<Pong> none() {
    return null;
  }

  private static Pong ask(String name, @Nullable Function<Ping, Future<Pong>> server)
      throws Exception {
    return await(asked(name, server));
  }

  private static Refused refusal(String name, @Nullable Function<Ping, Future<Pong>> server)
      throws Exception {
    return refusal(asked(name, server));
  }

  private static Future<Pong> asked(String name, @Nullable Function<Ping, Future<Pong>> server)
      throws Exception {
    var bus = Bus.of(VERTX);
    var ask = new Ask<>("test.qry." + name, Ping.class, Pong.class, DEADLINE);
    if (server != null) {
      await(bus.serve(ask, server));
    }
    return bus.ask(ask, new Ping());
  }

  private static Refused refusal(Future<Pong> answer) throws Exception {
    try {
      var pong = await(answer);
      throw new AssertionError("answered with " + pong);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(Refused.class);
      return (Refused) e.getCause();
    }
  }

  private static <T> T await(Future<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
