package io.marquetry.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EnricherTest {
  private static final String PHONE =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1";

  private final AtomicLong clock = new AtomicLong();
  private final Enricher enricher = new Enricher(clock::incrementAndGet);

  @Test
  void enrich_visit_everythingIsTold() {
    enricher.define(
        Map.of(
            "shop",
            PagePatterns.parse(
                List.of(Map.of("pattern", "^/lamps", "class", "list", "topic", "lamps")))));
    var found =
        enricher.enrich(
            Sighting.of(
                "shop",
                "https://shop.example/lamps?utm_source=News&utm_campaign=Spring+sale%21&gclid=g-1",
                "https://www.google.com/search?q=lamp",
                PHONE,
                Map.of("source", "stated")));
    assertThat(found.device())
        .isEqualTo(Map.of("class", "mobile", "os", "iOS", "browser", "Safari"));
    assertThat(found.campaign())
        .isEqualTo(
            Map.of(
                "source", "stated",
                "name", "Spring sale!",
                "clickId", "g-1",
                "clickIdType", "gclid",
                "network", "google"));
    assertThat(found.referral()).isEqualTo(new Referral("paid", "search", "Google", "lamp"));
    assertThat(found.page()).isEqualTo(Map.of("class", "list", "topic", "lamps"));
  }

  @Test
  void enrich_nothingSaid_tellsNothing() {
    var found = enricher.enrich(Sighting.of("shop", "", "", "", null));
    assertThat(found.device()).isEmpty();
    assertThat(found.campaign()).isEmpty();
    assertThat(found.page()).isEmpty();
    assertThat(found.referral()).isNull();
  }

  @Test
  void define_newPatterns_holdForWhatWasMetBefore() {
    define("^/x", "one");
    assertThat(kind("/x")).isEqualTo("one");
    define("^/x", "two");
    assertThat(kind("/x")).isEqualTo("two");
  }

  private void define(String pattern, String kind) {
    var patterns = PagePatterns.parse(List.of(Map.of("pattern", pattern, "class", kind)));
    enricher.define(Map.of("shop", patterns));
  }

  private Object kind(String path) {
    return enricher.enrich(Sighting.of("shop", path, "", "", null)).page().get("class");
  }

  @Test
  void figures_runs_areCountedRememberedAndTimed() {
    for (int i = 0; i < 32; i++) {
      enricher.enrich(Sighting.of("shop", "/", "", PHONE, null));
    }
    var agents = enricher.figures().getFirst();
    assertThat(agents.name()).isEqualTo("user_agent");
    assertThat(agents.runs()).isEqualTo(32);
    assertThat(agents.memory()).isEqualTo(new Enrichment.Memory(31, 1));
    assertThat(agents.timed()).as("every sixteenth").isEqualTo(2);
    assertThat(agents.nanos()).isEqualTo(2);
    assertThat(enricher.figures().stream().map(Enricher.Figures::name))
        .containsExactly("user_agent", "campaign", "referrer", "page");
    assertThat(enricher.figures()).allMatch(one -> one.failures() == 0);
  }

  /** Whatever comes in: it never fails, and the same says the same whatever was remembered. */
  @Test
  void enrich_anyText_isTotalAndPure() {
    var random = new Random(42);
    var sightings = new ArrayList<Sighting>();
    for (int i = 0; i < 3_000; i++) {
      sightings.add(
          Sighting.of(
              "shop", text(random), text(random), text(random), Map.of("medium", text(random))));
    }
    for (var seen : sightings) {
      var found = enricher.enrich(seen);
      var fresh = new Enricher(() -> 0).enrich(seen);
      assertThat(found.device()).isEqualTo(fresh.device());
      assertThat(found.campaign()).isEqualTo(fresh.campaign());
      assertThat(found.referral()).isEqualTo(fresh.referral());
    }
    assertThat(enricher.figures()).allMatch(one -> one.failures() == 0);
  }

  private static String text(Random random) {
    var parts =
        List.of(
            "https://",
            "google.com",
            "/",
            "?",
            "#",
            "=",
            "&",
            "utm_source",
            "%",
            "%zz",
            "+",
            ".",
            "android ",
            ";",
            "24",
            "tv",
            "build/",
            ")",
            "\0",
            "\uD83D",
            "mail",
            "@",
            ":",
            "x");
    var text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(parts.get(random.nextInt(parts.size())));
    }
    return text.toString();
  }
}
