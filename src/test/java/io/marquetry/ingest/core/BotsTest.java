package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.Json;
import io.marquetry.testkit.RealData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BotsTest {
  private final Bots bots = new Bots();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 Chrome/99.0"
            + " Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "facebookexternalhit/1.1",
        "SomeShop Price Crawler 1.0",
        "Mozilla/5.0 (compatible; heritrix/3.1.1 +https://archive.example)",
      })
  void matches_announcedProgram_isABot(String agent) {
    assertThat(bots.matches(agent)).isTrue();
    assertThat(bots.matches(agent)).as("the second time").isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/130.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 6.0; CUBOT DINOSAUR) AppleWebKit/537.36 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 13; Spider 8) AppleWebKit/537.36 Chrome/124.0 Safari/537.36",
        "python-requests/2.32.3",
        "curl/8.5.0",
        "Java-http-client/25",
        "analytics-node-next/latest",
      })
  void matches_browserOrLibrary_isNone(String agent) {
    assertThat(bots.matches(agent)).isFalse();
    assertThat(bots.matches(agent)).as("the second time").isFalse();
  }

  @Test
  void matches_moreAgentsThanAreRemembered_staysRight() {
    for (int i = 0; i < 5_000; i++) {
      assertThat(bots.matches("Browser " + i)).isFalse();
      assertThat(bots.matches("Bot/" + i)).isTrue();
    }
  }

  /** Agents of the open set, programs of no trade (libraries) left out. */
  @Test
  @Tag("real-data")
  void matches_publishedAgents_findsBotsAndLeavesPeopleAlone() {
    var crawlers = new ArrayList<String>();
    crawlers.addAll(agents("user-agents/crawler_user_agents.jsonl.gz"));
    crawlers.addAll(agents("user-agents/device_detector_bots.jsonl.gz"));
    double recall = share(crawlers);
    double falseAlarms = share(agents("user-agents/device_detector.jsonl.gz"));
    assertThat(recall).isGreaterThan(0.80);
    assertThat(falseAlarms).isLessThan(0.005);
  }

  private double share(List<String> agents) {
    return (double) agents.stream().filter(bots::matches).count() / agents.size();
  }

  private static List<String> agents(String file) {
    return RealData.lines(file).stream()
        .map(Json::readOwn)
        .map((Map<String, Object> line) -> (String) line.get("ua"))
        .toList();
  }
}
