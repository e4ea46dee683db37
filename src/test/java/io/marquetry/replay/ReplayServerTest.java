package io.marquetry.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RealData;
import io.marquetry.testkit.RunningServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real logs sent to the real server: what it derived is what a plain count of the same lines gives.
 * The counts here share no code with what is tested. The first lines of each log will do.
 */
@Tag("server")
@Tag("real-data")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplayServerTest {
  private static final List<String> TAOBAO = head("taobao-userbehavior/events.csv.gz", 6_000);
  private static final List<String> WEBLOG = head("apache-weblog/access.log.gz", 2_000);
  private static final Pattern FIGURE = Pattern.compile("^(\\S.*?|  \\S+) +(-?[0-9,]+)(  .*)?$");

  /** Address, what was asked for, the path, the answer, and the browser. */
  private static final Pattern REQUEST =
      Pattern.compile("^(\\S+) .*?\\] \"(\\S+) ([^ ?\"]+).*?\" (\\d+) .* \"([^\"]*)\"$");

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().noDemo().prepared();

  @TempDir Path folder;

  private static List<String> head(String log, int lines) {
    return RealData.lines(log).stream().limit(lines).toList();
  }

  private static void segment(String key, Map<String, Object> condition) {
    SERVER.admin("segments.put", Map.of("key", key, "name", key, "condition", condition));
  }

  private static Map<String, Object> did(String event, String comparison, int n) {
    return Map.of("$did", Map.of("event", event, "within", "ever", "count", Map.of(comparison, n)));
  }

  /** Replays, and reads the figures of the summary by their names. */
  private Map<String, Long> replay(String name, List<String> lines, String... more)
      throws IOException, InterruptedException {
    var file = Files.write(folder.resolve(name), lines);
    var arguments = new ArrayList<>(List.of(file.toString(), "--url", SERVER.base()));
    arguments.addAll(List.of(more));
    var printed = new ByteArrayOutputStream();
    int status =
        Replay.run(
            arguments,
            Map.of("MARQUETRY_ADMIN_PASSWORD", RunningServer.PASSWORD),
            new PrintStream(printed, true, UTF_8),
            false);
    var summary = new TreeMap<String, Long>(Map.of("exit", (long) status));
    printed
        .toString(UTF_8)
        .lines()
        .map(FIGURE::matcher)
        .filter(Matcher::matches)
        .forEach(f -> summary.put(f.group(1), Long.valueOf(f.group(2).replace(",", ""))));
    return summary;
  }

  /** How many visitors did things of which this holds: how often by what, as the log calls it. */
  private static long visitors(Predicate<Map<String, Integer>> which) {
    var deeds = new HashMap<String, Map<String, Integer>>();
    for (var line : TAOBAO.subList(1, TAOBAO.size())) {
      var cells = line.split(",");
      deeds.computeIfAbsent(cells[0], visitor -> new HashMap<>()).merge(cells[3], 1, Integer::sum);
    }
    return deeds.values().stream().filter(which).count();
  }

  @Test
  @Order(1)
  void replay_shopLog_derivesWhatTheFileSays() throws Exception {
    segment("three-views", did("Product Viewed", "$gte", 3));
    segment("buyers", did("Order Completed", "$gte", 1));
    segment(
        "left-in-the-cart",
        Map.of("$and", List.of(did("Product Added", "$gte", 1), did("Order Completed", "$eq", 0))));

    var summary = replay("taobao.csv", TAOBAO, "--create-site", "taobao");

    long rows = TAOBAO.size() - 1;
    var expected = new TreeMap<String, Long>();
    expected.put("exit", 0L);
    expected.put("log", rows);
    expected.put("sent", rows);
    expected.put("accepted", rows);
    expected.put("duplicates", 0L);
    expected.put("aggregated", 0L);
    expected.put("refused", 0L);
    expected.put("profiles", visitors(deeds -> true));
    expected.put("segment three-views", visitors(deeds -> deeds.getOrDefault("view", 0) >= 3));
    expected.put("segment buyers", visitors(deeds -> deeds.containsKey("transaction")));
    expected.put(
        "segment left-in-the-cart",
        visitors(deeds -> deeds.containsKey("addtocart") && !deeds.containsKey("transaction")));
    assertThat(summary).isEqualTo(expected);
    assertThat(expected.values()).as("no figure is trivial").filteredOn(n -> n > 20).hasSize(7);
    assertThat(SERVER.count("select count(*) from event_log where site = 'taobao'"))
        .isEqualTo(rows);
  }

  @Test
  @Order(2)
  void replay_again_changesNothing() throws Exception {
    var key = SERVER.admin("keys.create", Map.of("site", "taobao", "kind", "write")).text("key");
    long before = SERVER.count("select count(*) from event_log");
    var summary = replay("taobao.csv", TAOBAO, "--write-key", key);
    assertThat(summary)
        .containsEntry("exit", 0L)
        .containsEntry("accepted", 0L)
        .containsEntry("duplicates", TAOBAO.size() - 1L)
        .containsEntry("profiles", 0L)
        .containsEntry(
            "segment three-views", visitors(deeds -> deeds.getOrDefault("view", 0) >= 3));
    assertThat(SERVER.count("select count(*) from event_log")).isEqualTo(before);
  }

  @Test
  @Order(3)
  void replay_webLog_bringsPeopleAndCountsBots() throws Exception {
    var everybody = new HashSet<String>();
    var people = new HashSet<String>();
    int pages = 0;
    int bots = 0;
    for (var line : WEBLOG) {
      var request = REQUEST.matcher(line);
      if (!request.matches() || !isPage(request)) {
        continue;
      }
      pages++;
      var visitor = request.group(1) + " " + request.group(5);
      everybody.add(visitor);
      if (request.group(5).toLowerCase(Locale.ROOT).matches(".*(bot|spider|crawl).*")) {
        bots++;
      } else {
        people.add(visitor);
      }
    }

    var summary = replay("access.log", WEBLOG, "--create-site", "weblog");

    assertThat(summary)
        .containsEntry("exit", 0L)
        .containsEntry("log", (long) pages)
        .containsEntry("sent", (long) pages)
        .containsEntry("refused", 0L);
    long counted = summary.getOrDefault("aggregated", 0L);
    assertThat(counted)
        .as("who says that it is a bot, and more")
        .isBetween((long) bots, pages - 1L);
    long profiles = summary.getOrDefault("profiles", 0L);
    assertThat(profiles).isBetween(people.size() / 2L, (long) people.size());
    assertThat(profiles).isLessThan(everybody.size());
    assertThat(SERVER.count("select count(*) from event_log where site = 'weblog'"))
        .isEqualTo(pages - counted)
        .isEqualTo(summary.get("accepted"));
  }

  private static boolean isPage(Matcher request) {
    var file = request.group(3).substring(request.group(3).lastIndexOf('/') + 1);
    return request.group(2).equals("GET")
        && request.group(4).matches("200|304")
        && (!file.matches(".*\\.[^.]+") || file.matches("(?i).*\\.(x?html?|php|[0-9][^.]*)"));
  }

  /** Visitors who allow nothing are counted, and nothing else of them is kept. */
  @Test
  @Order(4)
  void replay_siteWithoutConsent_onlyCounts() throws Exception {
    SERVER.admin("sites.put", Map.of("key", "shut", "name", "Shut"));
    var key = SERVER.admin("keys.create", Map.of("site", "shut", "kind", "write")).text("key");
    var summary = replay("shop.csv", head("rees46-sample/events.csv.gz", 501), "--write-key", key);
    assertThat(summary)
        .containsEntry("accepted", 0L)
        .containsEntry("aggregated", 500L)
        .containsEntry("profiles", 0L);
    assertThat(SERVER.count("select count(*) from event_log where site = 'shut'")).isZero();
    assertThat(SERVER.count("select sum(n) from aggregate_count where site = 'shut'"))
        .isEqualTo(500);
  }
}
