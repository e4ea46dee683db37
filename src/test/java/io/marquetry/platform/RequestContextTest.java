package io.marquetry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.enrichment.Enricher;
import io.marquetry.enrichment.PagePatterns;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestContextTest {
  private final Enricher enricher = new Enricher(() -> 0);
  private final RequestContext requests = new RequestContext(enricher);

  @Test
  void of_addressReferrerAndAgent_areTakenApart() {
    var context =
        requests.of(
            "shop",
            "https://www.Shop.example:8443/pricing/enterprise?utm_source=news&utm_campaign="
                + "Spring+sale%21&q=1#top",
            "https://www.google.com/search?q=x",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"
                + " Version/17.0 Mobile/15E148 Safari/604.1",
            Map.of("geo", Map.of("country", "DE"), "locale", "de-DE"));
    assertThat(context)
        .isEqualTo(
            Map.of(
                "context",
                Map.of(
                    "locale",
                    "de-DE",
                    "page",
                    Map.of(
                        "url",
                        "https://www.Shop.example:8443/pricing/enterprise?utm_source=news&utm_campaign="
                            + "Spring+sale%21&q=1#top",
                        "path",
                        "/pricing/enterprise",
                        "search",
                        "?utm_source=news&utm_campaign=Spring+sale%21&q=1",
                        "referrer",
                        "https://www.google.com/search?q=x"),
                    "referrer",
                    Map.of(
                        "channel", "search", "medium", "search", "source", "Google", "term", "x")),
                "campaign",
                Map.of("source", "news", "name", "Spring sale!"),
                "device",
                Map.of("class", "mobile", "os", "iOS", "browser", "Safari"),
                "geo",
                Map.of("country", "DE"),
                "session",
                Map.of("landingPath", "/pricing/enterprise", "referrerChannel", "search")));
  }

  @Test
  void of_nothingKnown_isNearlyEmpty() {
    assertThat(requests.of("shop", "", "", "", Map.of()))
        .isEqualTo(Map.of("context", Map.of("page", Map.of())));
  }

  @Test
  void of_whatTheCallerStates_goesFirst() {
    var context =
        requests.of(
            "shop",
            "/a?utm_source=x",
            "",
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0",
            Map.of(
                "page", Map.of("title", "A", "path", "/b"),
                "campaign", Map.of("source", "y"),
                "device", Map.of("class", "tv")));
    assertThat(context.get("campaign")).isEqualTo(Map.of("source", "y"));
    assertThat(context.get("device"))
        .isEqualTo(Map.of("class", "tv", "os", "Linux", "browser", "Firefox"));
    assertThat(((Map<?, ?>) context.get("context")).get("page"))
        .isEqualTo(
            Map.of(
                "url", "/a?utm_source=x", "path", "/b", "search", "?utm_source=x", "title", "A"));
  }

  @Test
  void of_pageWithinTheVisit_saysNothingOfItsBeginning() {
    assertThat(
            requests.of(
                "shop", "https://shop.example/b", "https://www.shop.example/a", "", Map.of()))
        .doesNotContainKey("session");
  }

  @Test
  void of_roadsIntoTheSite_areTold() {
    assertThat(channel("https://s.example/", "")).isEqualTo("direct");
    assertThat(channel("https://s.example/?gclid=1", "https://www.google.com/")).isEqualTo("paid");
    assertThat(channel("https://s.example/?utm_medium=cpc", "")).isEqualTo("paid");
    assertThat(channel("https://s.example/?utm_medium=email", "")).isEqualTo("email");
    assertThat(channel("https://s.example/", "https://t.co/x")).isEqualTo("social");
    assertThat(channel("https://s.example/", "https://l.facebook.com/")).isEqualTo("social");
    assertThat(channel("https://s.example/", "https://mail.example.org/")).isEqualTo("email");
    assertThat(channel("https://s.example/", "https://duckduckgo.com/")).isEqualTo("search");
    assertThat(channel("https://s.example/", "https://blog.example.net/")).isEqualTo("referral");
    assertThat(channel("https://s.example/?utm_source=google", "")).isEqualTo("search");
  }

  private Object channel(String url, String referrer) {
    return ((Map<?, ?>) requests.of("shop", url, referrer, "", Map.of()).get("session"))
        .get("referrerChannel");
  }

  @Test
  void of_oddAddresses_neverFail() {
    for (var url :
        new String[] {
          "://",
          "http://",
          "?",
          "#",
          "http://[::1]:80/x",
          "a://b@c:d/e?utm_source=%zz&utm_=&&=",
          "x".repeat(10_000),
          "http://user:pw@host",
          "/\0"
        }) {
      assertThat(requests.of("shop", url, url, url, Map.of("page", 7, "geo", "DE")))
          .containsKey("context");
    }
  }

  @Test
  void of_patternsOfItsSite_tellThePage() {
    var patterns = List.of(Map.of("pattern", "^/(sale|new)", "class", "list", "topic", "$1"));
    enricher.define(Map.of("shop", PagePatterns.parse(patterns)));
    assertThat(page(requests.of("shop", "https://s.example/new/1", "", "", Map.of())))
        .containsEntry("class", "list")
        .containsEntry("topic", "new");
    assertThat(page(requests.of("other", "https://s.example/new/1", "", "", Map.of())))
        .doesNotContainKey("class");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> page(Map<String, Object> context) {
    return (Map<String, Object>) ((Map<?, ?>) context.get("context")).get("page");
  }

  @Test
  void of_devices_areToldApart() {
    assertThat(device("Mozilla/5.0 (Linux; Android 13; SM-X200) Chrome/120.0 Safari/537.36"))
        .isEqualTo("tablet");
    assertThat(device("Mozilla/5.0 (Linux; Android 13; Pixel 7) Chrome/120.0 Mobile Safari/537.36"))
        .isEqualTo("mobile");
    assertThat(device("Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) Safari/604.1"))
        .isEqualTo("tablet");
    assertThat(device("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15"))
        .isEqualTo("desktop");
    assertThat(device("Mozilla/5.0 (Web0S; Linux/SmartTV) Chrome/87.0 Safari/537.36"))
        .isEqualTo("tv");
    assertThat(device("Googlebot/2.1 (+http://www.google.com/bot.html)")).isEqualTo("bot");
    assertThat(device("Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_R11) Chrome/73.0 Mobile Safari"))
        .isEqualTo("mobile");
    assertThat(device("something else")).isNull();
  }

  private Object device(String agent) {
    return requests.of("shop", "", "", agent, Map.of()).get("device") instanceof Map<?, ?> device
        ? device.get("class")
        : null;
  }
}
