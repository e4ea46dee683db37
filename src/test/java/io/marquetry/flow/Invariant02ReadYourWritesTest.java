package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The acknowledgement follows the application: the very next page knows, under load as well. */
@Tag("server")
class Invariant02ReadYourWritesTest {
  private static final int VISITORS = 60;

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @Test
  void nextPage_afterTheAnswer_alwaysKnows() throws Exception {
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Future<List<String>>> visits =
          IntStream.range(0, VISITORS).mapToObj(i -> threads.submit(() -> visit(i))).toList();
      for (var visit : visits) {
        assertThat(result(visit)).containsExactly("brand", "default", "enterprise", "case-study");
      }
    }
  }

  /** What hero and call to action show before and after the third page view. */
  private static List<String> visit(int number) {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise");
    var before = visitor.page("/");
    visitor.send(identify("v" + number, Map.of()), page("/pricing/enterprise")).expect(200);
    var after = visitor.page("/");
    return List.of(
        before.variant("hero"), before.variant("cta"), after.variant("hero"), after.variant("cta"));
  }

  private static <T> T result(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
