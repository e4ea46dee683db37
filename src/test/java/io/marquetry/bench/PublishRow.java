package io.marquetry.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * A changed definition on its way to every page, beside visitors who look at pages.
 *
 * <p>Time runs from sending the publication until each of eight browsers was shown it. They keep a
 * connection each, so that all event loops take part, ask again and again from the publication on,
 * and are visitors of different owners.
 */
final class PublishRow {
  private static final double GOAL_MILLIS = 50;
  private static final int PUBLICATIONS = 200;
  private static final int READERS = 8;
  private static final int MARGIN_SECONDS = 3;
  private static final long LOST_NANOS = 5_000_000_000L;
  private static final double SHARE_OF_CAPACITY = 0.25;
  private static final String COMPONENT = "notice";
  private static final String PATH = "/published";

  private final Rig rig;

  PublishRow(Rig rig) {
    this.rig = rig;
  }

  Row measure() {
    var server = rig.server();
    define(server);
    var pages = rig.ours("pages", Requests.page(ShopCatalogue.PATH, rig.cookies()), "</html>");
    pages.warmUp(rig.plan().warmUp());
    double rate = pages.run(rig.plan().seconds()).perSecond() * SHARE_OF_CAPACITY;
    pages.settle(rate);
    var row = new Row("publish", "p99 <= 50 ms, no request lost");
    var foreign = Foreign.begin();
    var shown = new Histogram(LOST_NANOS, 3);
    var accepted = new Histogram(LOST_NANOS, 3);
    long answered = 0;
    var fault = "";
    int round = 0;
    while (round < PUBLICATIONS && fault.isEmpty()) {
      int first = round;
      double seconds = rig.plan().openSeconds();
      var load = CompletableFuture.supplyAsync(() -> pages.open(rate, seconds + MARGIN_SECONDS));
      round = publish(server, first, seconds, shown, accepted);
      var outcome = load.join();
      answered += outcome.answered();
      fault = Sample.fault(outcome);
    }
    report(row, shown, accepted, rate);
    row.foreign(foreign.cores()).note("%,d pages beside it, none lost", answered);
    return fault.isEmpty() ? row : row.failed(fault);
  }

  private static void report(Row row, Histogram shown, Histogram accepted, double rate) {
    double p99 = shown.getValueAtPercentile(99) / 1e6;
    row.ours("p50 %.1f, p99 %.1f ms", shown.getValueAtPercentile(50) / 1e6, p99)
        .ceiling(
            "sent to answered: p50 %.1f, p99 %.1f ms",
            accepted.getValueAtPercentile(50) / 1e6, accepted.getValueAtPercentile(99) / 1e6)
        .holds(p99 <= GOAL_MILLIS)
        .note(
            "%d publications until the last of %d browsers was shown each, at most %.1f ms",
            shown.getTotalCount(), READERS, shown.getMaxValue() / 1e6)
        .note("beside %,.0f pages/s of others", rate)
        .figure("shownMillisP50", shown.getValueAtPercentile(50) / 1e6)
        .figure("shownMillisP99", p99)
        .figure("answeredMillisP50", accepted.getValueAtPercentile(50) / 1e6)
        .figure("pagesPerSecond", rate);
  }

  private static void define(MeasuredServer server) {
    server.call(
        "components.put",
        Map.of(
            "key",
            COMPONENT,
            "name",
            "Notice",
            "fields",
            List.of(Map.of("key", "text", "type", "text")),
            "template",
            "<p>{{text}}</p>",
            "fallback",
            List.of("only")));
    put(server, -1);
    server.call(
        "pages.put",
        Map.of(
            "key",
            "published",
            "site",
            ShopCatalogue.SITE,
            "path",
            PATH,
            "template",
            ShopCatalogue.page(List.of(COMPONENT), 1_000)));
  }

  private static void put(MeasuredServer server, int round) {
    server.call(
        "variants.put",
        Map.of(
            "component",
            COMPONENT,
            "key",
            "only",
            "content",
            Map.of("text", text(round)),
            "status",
            "published"));
  }

  private static String text(int round) {
    return "Round " + round + ".";
  }

  /** Publishes for so long; the round it came to. */
  private int publish(
      MeasuredServer server, int first, double seconds, Histogram shown, Histogram accepted) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    var readers = new ArrayList<PageReader>();
    int round = first;
    try (var threads = Executors.newFixedThreadPool(READERS)) {
      for (int i = 0; i < READERS; i++) {
        readers.add(new PageReader(server.port(), Requests.page(PATH, cookie(i))));
      }
      while (System.nanoTime() < end && round < PUBLICATIONS) {
        long begun = System.nanoTime();
        var sights = look(threads, readers, text(round));
        put(server, round);
        accepted.recordValue(System.nanoTime() - begun);
        long last = begun;
        for (var sight : sights) {
          last = Math.max(last, sight.get());
        }
        shown.recordValue(Math.min(last - begun, LOST_NANOS));
        round++;
      }
      return round;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      readers.forEach(PageReader::close);
    }
  }

  /** Has every reader ask until it is shown this; when each was. */
  private static List<Future<Long>> look(
      ExecutorService threads, List<PageReader> readers, String text) {
    return readers.stream()
        .map(reader -> threads.submit(() -> reader.awaits(text, LOST_NANOS)))
        .toList();
  }

  private List<String> cookie(int reader) {
    return List.of(rig.cookies().get(reader));
  }
}
