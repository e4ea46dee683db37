package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Until;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With the database frozen pages are served, and still know their visitors. */
@Tag("server")
class Invariant04PagesWithoutDatabaseTest {
  private static final Duration PAGE = Duration.ofSeconds(1);

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @Test
  void databaseFrozen_pagesArePersonalizedAndBeaconsToldToWait() throws Exception {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise");
    SERVER.postgres().freeze();
    try {
      for (int i = 0; i < 50; i++) {
        long begun = System.nanoTime();
        assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PAGE);
      }
      beaconsAreTurnedAway(visitor.cookie("mq_id"));
      assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
    } finally {
      SERVER.postgres().thaw();
    }
    Until.until("beacons are taken again", () -> visitor.send(page("/")).status() == 200);
    assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
  }

  /** The first waits for its commit; once that has stalled, others are turned away at once. */
  private static void beaconsAreTurnedAway(String cookie)
      throws InterruptedException, ExecutionException {
    var first = CompletableFuture.supplyAsync(() -> beacon(cookie));
    Until.until("a beacon is turned away", () -> beacon(cookie) == 503);
    long begun = System.nanoTime();
    var answer = SERVER.visitor().setCookie("mq_id", cookie).send(page("/")).expect(503);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PAGE);
    assertThat(answer.header("Retry-After")).matches("\\d+");
    assertThat(first.get()).isEqualTo(503);
  }

  private static int beacon(String cookie) {
    return SERVER.visitor().setCookie("mq_id", cookie).send(page("/")).status();
  }
}
