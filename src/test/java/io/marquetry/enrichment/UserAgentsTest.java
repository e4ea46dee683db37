package io.marquetry.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.Json;
import io.marquetry.testkit.RealData;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserAgentsTest {
  private final UserAgents agents = new UserAgents();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 | desktop | Windows | Chrome
          Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.1 Safari/605.1.15 | desktop | macOS | Safari
          Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/119.0.0.0 Safari/537.36 | desktop | ChromeOS | Chrome
          Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0 | desktop | Linux | Firefox
          Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/119.0 Safari/537.36 Edg/119.0 | desktop | Windows | Edge
          Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1 | mobile | iOS | Safari
          Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/119.0 Safari/604.1 | tablet | iOS | Chrome
          Mozilla/5.0 (Linux; Android 13; Pixel 7) Chrome/120.0 Mobile Safari/537.36 | mobile | Android | Chrome
          Mozilla/5.0 (Linux; Android 13; SM-X200) SamsungBrowser/22.0 Chrome/111.0 Safari/537.36 | tablet | Android | Samsung Internet
          Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_R11) Chrome/73.0 Mobile Safari/537.36 | mobile | Android | Chrome
          Mozilla/5.0 (Linux; Android 9; AFTSSS Build/PS7223) Chrome/90.0 Mobile Safari/537.36 | tv | Android | Chrome
          Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/87.0 Safari/537.36 | tv | webOS | Chrome
          Mozilla/5.0 (Mobile; Nokia 8110; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5 | mobile | KaiOS | Firefox
          App/1 CFNetwork/1390 Darwin/22.0.0 | mobile | iOS |
          Safari/8536 CFNetwork/596.5 Darwin/12.5.0 (x86_64) (MacBookAir6%2C1) | desktop | macOS | Safari
          """)
  void of_agent_deviceSystemAndBrowser(
      String agent, String kind, String os, @Nullable String browser) {
    assertThat(agents.of(agent).get("class")).isEqualTo(kind);
    assertThat(agents.of(agent).get("os")).isEqualTo(os);
    assertThat(agents.of(agent).get("browser")).isEqualTo(browser);
  }

  @Test
  void of_nothingKnown_isLeftOut() {
    assertThat(agents.of("")).isEmpty();
    assertThat(agents.of("something else")).isEmpty();
  }

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
  void isBot_announcedProgram_is(String agent) {
    assertThat(agents.isBot(agent)).isTrue();
    assertThat(agents.isBot(agent)).as("the second time").isTrue();
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
  void isBot_browserOrLibrary_isNot(String agent) {
    assertThat(agents.isBot(agent)).isFalse();
    assertThat(agents.isBot(agent)).as("the second time").isFalse();
  }

  @Test
  void of_moreAgentsThanAreRemembered_staysRightAndBounded() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(agents.isBot("Browser " + i)).isFalse();
    }
    assertThat(agents.memory().misses()).isEqualTo(10_000);
    assertThat(agents.isBot("Browser 9999")).isFalse();
    assertThat(agents.memory().hits()).isEqualTo(1);
    assertThat(agents.isBot("Browser 1")).isFalse();
    assertThat(agents.memory().misses()).as("long forgotten").isEqualTo(10_001);
  }

  @Test
  void of_agentsThatDifferBehindTheirBound_areOne() {
    var long512 = "Mozilla/5.0 (X11; Linux x86_64) ".repeat(16);
    agents.of(long512 + "one");
    agents.of(long512 + "two");
    assertThat(agents.memory().misses()).isEqualTo(1);
  }

  // ---- agents of others, with what others say they are

  @Test
  @Tag("real-data")
  void isBot_publishedAgents_findsProgramsAndLeavesPeopleAlone() {
    var crawlers =
        Stream.concat(
                lines("user-agents/crawler_user_agents.jsonl.gz"),
                lines("user-agents/device_detector_bots.jsonl.gz"))
            .toList();
    var people = lines("user-agents/device_detector.jsonl.gz").toList();
    assertThat(share(crawlers, line -> agents.isBot(agent(line)))).isGreaterThan(0.85);
    assertThat(share(people, line -> agents.isBot(agent(line)))).isLessThan(0.005);
  }

  /** Device classes of models, most of them exotic; measured: 0.89 (class), 0.99, 0.99. */
  @Test
  @Tag("real-data")
  void of_publishedDevices_classSystemAndBrowserAgree() {
    var devices =
        lines("user-agents/device_detector.jsonl.gz")
            .filter(line -> !line.containsKey("headers"))
            .toList();
    assertThat(agreement(devices, "device_type", "class", UserAgentsTest::kind))
        .isGreaterThan(0.88);
    assertThat(agreement(devices, "os", "os", UserAgentsTest::system)).isGreaterThan(0.98);
    assertThat(agreement(devices, "client", "browser", UserAgentsTest::browser))
        .isGreaterThan(0.98);
  }

  /** The cases of uap-core, by the names that both know. */
  @Test
  @Tag("real-data")
  void of_casesOfUapCore_systemAndBrowserAgree() {
    var systems = lines("user-agents/uap_os.jsonl.gz").toList();
    var browsers = lines("user-agents/uap_ua.jsonl.gz").toList();
    assertThat(agreement(systems, "family", "os", UserAgentsTest::system)).isGreaterThan(0.93);
    assertThat(agreement(browsers, "family", "browser", UserAgentsTest::browser))
        .isGreaterThan(0.90);
  }

  private double agreement(
      List<Map<String, Object>> lines,
      String theirs,
      String ours,
      Function<String, @Nullable String> translated) {
    int asked = 0;
    int agreed = 0;
    for (var line : lines) {
      var expected = line.get(theirs) instanceof String name ? translated.apply(name) : null;
      if (expected != null) {
        asked++;
        agreed += expected.equals(agents.of(agent(line)).get(ours)) ? 1 : 0;
      }
    }
    assertThat(asked).isGreaterThan(50);
    return (double) agreed / asked;
  }

  private static @Nullable String kind(String type) {
    return switch (type) {
      case "tablet", "portable media player" -> "tablet";
      case "smartphone", "phablet", "feature phone" -> "mobile";
      case "tv", "desktop" -> type;
      default -> null;
    };
  }

  private static @Nullable String system(String name) {
    return switch (name) {
      case "Android", "Fire OS", "Android TV", "CyanogenMod", "Lineage OS", "Wear OS" -> "Android";
      case "iOS", "iPadOS" -> "iOS";
      case "Windows", "Linux", "KaiOS", "Tizen", "Windows Phone" -> name;
      case "Mac", "Mac OS X" -> "macOS";
      case "GNU/Linux", "Ubuntu", "Debian", "Fedora", "Arch Linux", "Red Hat", "Gentoo" -> "Linux";
      case "Chrome OS" -> "ChromeOS";
      case "webOS", "Web0S" -> "webOS";
      default -> null;
    };
  }

  private static @Nullable String browser(String name) {
    return switch (name) {
      case "Chrome", "Chrome Mobile", "Chrome Mobile iOS" -> "Chrome";
      case "Yandex Browser", "Yandex Browser Lite" -> "Yandex Browser";
      case "Opera", "Opera Mobile", "Opera Mini", "Opera Devices" -> "Opera";
      case "UC Browser" -> "UC Browser";
      case "Samsung Browser", "Samsung Internet" -> "Samsung Internet";
      case "Internet Explorer", "IE Mobile", "IE" -> "Internet Explorer";
      case "Safari", "Mobile Safari" -> "Safari";
      case "Firefox", "Firefox Mobile", "Firefox Mobile iOS", "Firefox iOS" -> "Firefox";
      case "Microsoft Edge", "Edge", "Edge Mobile" -> "Edge";
      case "Facebook", "Instagram", "Vivaldi", "Brave" -> name;
      default -> null;
    };
  }

  private static double share(
      List<Map<String, Object>> lines, java.util.function.Predicate<Map<String, Object>> wanted) {
    return (double) lines.stream().filter(wanted).count() / lines.size();
  }

  private static String agent(Map<String, Object> line) {
    return String.valueOf(line.get("ua"));
  }

  private static Stream<Map<String, Object>> lines(String file) {
    return RealData.lines(file).stream().map(Json::readOwn);
  }

  @Test
  void classify_hostileAgent_takesNoLonger() {
    for (var part : List.of("android 9; ", "24", "tv ", "(((((", "tab", "; ", "%", "\u0130")) {
      var agent = part.repeat(100_000 / part.length());
      assertThat(agents.of(agent.toUpperCase(Locale.ROOT))).isNotNull();
      assertThat(agents.of(agent)).isNotNull();
    }
  }
}
