package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.enrichment.Enricher;
import io.marquetry.enrichment.PagePatterns;
import io.marquetry.kit.Ids;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EnrichingTest {
  private static final String AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Firefox/120.0";
  private static final EventParser PARSER = new EventParser(new Ids(new byte[32]));

  private final Enricher enricher = new Enricher(() -> 0);
  private final Enriching enriching = new Enriching(enricher);

  @BeforeEach
  void definePatterns() {
    var patterns = List.of(Map.of("pattern", "^/lamps", "class", "list", "topic", "lamps"));
    enricher.define(Map.of("shop", PagePatterns.parse(patterns)));
  }

  private static Event event(String type, Map<String, Object> more) {
    var call = new LinkedHashMap<String, Object>(more);
    call.put("anonymousId", "a");
    call.put("event", "Clicked");
    var arrival = new Arrival("shop", false, 1_000, null, null, AGENT, "DE", "BE", false);
    var outcome = PARSER.parse(call, EventType.of(type), arrival, "m-1");
    return ((EventParser.Outcome.Parsed) outcome).event();
  }

  private static Map<?, ?> part(Event event, String field) {
    return (Map<?, ?>) event.object("context").get(field);
  }

  @Test
  void enrich_pageView_saysWhatCanBeTold() {
    var context =
        Map.<String, Object>of(
            "page",
            Map.of(
                "url", "https://shop.example/lamps?utm_medium=cpc",
                "path", "/lamps",
                "referrer", "https://www.bing.com/search?q=lamp"));
    var event = enriching.enrich(event("page", Map.of("context", context)));
    assertThat(part(event, "device"))
        .isEqualTo(Map.of("class", "desktop", "os", "Linux", "browser", "Firefox"));
    assertThat(part(event, "campaign")).isEqualTo(Map.of("medium", "cpc"));
    assertThat(part(event, "page").get("class")).isEqualTo("list");
    assertThat(part(event, "page").get("topic")).isEqualTo("lamps");
    assertThat(part(event, "page").get("path")).isEqualTo("/lamps");
    assertThat(part(event, "referrer"))
        .isEqualTo(Map.of("channel", "paid", "medium", "search", "source", "Bing", "term", "lamp"));
    assertThat(part(event, "geo")).isEqualTo(Map.of("country", "DE", "region", "BE"));
  }

  @Test
  void enrich_serverSidePageCall_readsItsProperties() {
    var properties = Map.<String, Object>of("path", "/lamps/2", "referrer", "https://t.co/x");
    var event = enriching.enrich(event("page", Map.of("properties", properties)));
    assertThat(part(event, "page")).isEqualTo(Map.of("class", "list", "topic", "lamps"));
    assertThat(part(event, "referrer").get("channel")).isEqualTo("social");
  }

  @Test
  void enrich_whatTheEventStates_stays() {
    var context =
        Map.<String, Object>of(
            "device", Map.of("class", "kiosk", "id", "7"),
            "page", Map.of("path", "/lamps", "topic", "own"),
            "referrer", "https://elsewhere.example/");
    var event = enriching.enrich(event("track", Map.of("context", context)));
    assertThat(part(event, "device"))
        .isEqualTo(Map.of("class", "kiosk", "id", "7", "os", "Linux", "browser", "Firefox"));
    assertThat(part(event, "page").get("topic")).isEqualTo("own");
    assertThat(event.object("context").get("referrer")).isEqualTo("https://elsewhere.example/");
  }

  @Test
  void enrich_nothingToTell_isTheSameEvent() {
    var arrival = new Arrival("shop", true, 1_000, null, null, "", "", "", false);
    var call = Map.<String, Object>of("userId", "u", "event", "Clicked");
    var outcome = PARSER.parse(call, EventType.TRACK, arrival, "m-1");
    var event = ((EventParser.Outcome.Parsed) outcome).event();
    assertThat(enriching.enrich(event)).isSameAs(event);
  }

  @Test
  void enrich_twice_isTheSame() {
    var page = Map.<String, Object>of("page", Map.of("path", "/lamps?utm_source=a&gclid=1"));
    var once = enriching.enrich(event("page", Map.of("context", page)));
    assertThat(enriching.enrich(once)).isEqualTo(once);
  }
}
