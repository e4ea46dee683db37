package io.marquetry.flow;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import io.marquetry.testkit.Browser;
import io.marquetry.testkit.BrowserVisit;
import io.marquetry.testkit.RunningServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The demo shop, the tag and the console in a real browser. */
@Tag("server")
@Tag("browser")
class BrowserTest {
  private static final List<String> PLANS =
      List.of("/pricing/enterprise", "/pricing/enterprise/security", "/pricing/enterprise/rollout");

  private static final String HEAD =
      "<!doctype html><html lang=\"en\"><head><title>t</title>"
          + "<link rel=\"icon\" href=\"/demo-assets/mark.svg\">"
          + "<link rel=\"stylesheet\" href=\"/demo-assets/shop.css\">"
          + "<script src=\"/mq.js\" data-write-key=\"demo\" defer></script></head><body>";

  private static final String OFFER =
      "<p><span data-mq-countdown>{{text}}</span></p><button data-mq-dismiss>Not now</button>";

  private static final String BEHAVING =
      HEAD
          + "<mq-slot component=\"offer\"></mq-slot>"
          + "<p>line</p>".repeat(80)
          + "<mq-slot component=\"story\"></mq-slot>";

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @SuppressWarnings("NullAway.Init") // started before the first test
  private static Browser browser;

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start();
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  private static void isClean(BrowserVisit visit) {
    assertThat(visit.violations()).isEqualTo(List.of());
    assertThat(visit.complaints()).isEmpty();
    assertThat(visit.layoutShift()).isZero();
  }

  @Test
  void pages_withoutScripts_areComplete() {
    try (var visit = browser.visitWithoutScripts(SERVER.base())) {
      var page = visit.open("/");
      assertThat(page.locator("h1")).hasText("Made to fit together, for as long as you like");
      assertThat(page.locator(".cards .card")).hasCount(4);
      assertThat(visit.variant("hero")).isEqualTo("brand");
      assertThat(page.locator(".hero-art")).isVisible();
      assertThat(page.locator("#consent")).isHidden();
      page.getByText("For business").first().click();
      assertThat(page).hasURL(SERVER.base() + "/pricing/enterprise");
      assertThat(page.locator("h1")).isVisible();
      assertThat(visit.complaints()).isEmpty();
    }
  }

  @Test
  void visitor_acceptsAndLooksAtEnterprisePages_nextPageShowsEnterpriseHero() {
    try (var visit = browser.visit(SERVER.base())) {
      var page = visit.open("/");
      assertThat(page.locator("#consent")).isVisible();
      visit.acknowledged(1);
      assertThat(visit.onlyCounted()).isPositive();
      page.locator("[data-consent=all]").click();
      assertThat(page.locator("#consent")).isHidden();
      isClean(visit);

      for (var path : PLANS) {
        visit.open(path);
        visit.acknowledged(1);
        assertThat(visit.onlyCounted()).isZero();
        isClean(visit);
      }
      visit.open("/");

      assertThat(visit.variant("hero")).isEqualTo("enterprise");
      assertThat(visit.variant("cta")).isEqualTo("case-study");
      assertThat(page.locator("h1")).hasText("Furnish four floors. Change your mind later.");
      assertThat(page.locator("#consent")).isHidden();
      isClean(visit);
    }
  }

  @Test
  void visitor_refuses_leavesNoCookieAndIsOnlyCounted() {
    try (var visit = browser.visit(SERVER.base())) {
      var page = visit.open("/");
      page.locator("[data-consent=needed]").click();
      assertThat(page.locator("#consent")).isHidden();
      visit.open("/products");
      visit.acknowledged(1);
      assertThat(visit.onlyCounted()).isPositive();
      assertThat(visit.cookie("mq_id")).isEmpty();
      assertThat(page.evaluate("localStorage.length")).isEqualTo(0);
      isClean(visit);
    }
  }

  @Test
  void visitor_withdraws_cookieGoesAndNextPageIsForNobodyInParticular() {
    try (var visit = browser.visit(SERVER.base())) {
      var page = visit.open("/");
      page.locator("[data-consent=all]").click();
      assertThat(page.locator("#consent")).isHidden();
      for (var path : PLANS) {
        visit.open(path);
        visit.acknowledged(1);
      }
      visit.open("/");
      assertThat(visit.variant("hero")).isEqualTo("enterprise");

      page.locator("[data-privacy-choices]").first().click();
      page.locator("[data-consent=needed]").click();
      assertThat(page.locator("#consent")).isHidden();

      assertThat(visit.cookie("mq_id")).isEmpty();
      visit.open("/");
      assertThat(visit.variant("hero")).isEqualTo("brand");
      isClean(visit);
    }
  }

  @Test
  void shop_checkoutLeftThenOrdered_promotionFollows() {
    try (var visit = browser.visit(SERVER.base())) {
      var page = visit.open("/");
      page.locator("[data-consent=all]").click();
      assertThat(page.locator("#consent")).isHidden();
      visit.open("/products/slat-chair");
      page.locator("[data-add] button").click();
      assertThat(page.locator("[data-basket-count]")).hasText("1");
      visit.acknowledged(3);
      visit.open("/checkout");
      assertThat(page.locator("[data-order] tbody tr")).hasCount(1);
      visit.acknowledged(2);
      visit.open("/");
      assertThat(visit.variant("promotion")).isEqualTo("unfinished-order");
      isClean(visit);

      visit.open("/checkout");
      page.locator("[data-checkout] button[type=submit]").click();
      assertThat(page.locator("[data-thanks]")).containsText("€");
      visit.acknowledged(2);
      visit.open("/");
      assertThat(visit.variant("promotion")).isEqualTo("owners");
      isClean(visit);
    }
  }

  @Test
  void console_logIn_showsStatusAndLiveFeed() {
    try (var visit = browser.visit(SERVER.base())) {
      var page = visit.open("/console/");
      page.locator("#user").fill("admin");
      page.locator("#password").fill("not the password");
      page.locator("#login-form button").click();
      assertThat(page.locator("#login-fault")).not().isEmpty();

      page.locator("#password").fill(RunningServer.PASSWORD);
      page.locator("#login-form button").click();
      assertThat(page.locator("#board")).isVisible();
      assertThat(page.locator("#connection")).hasText("connected");
      assertThat(rows(page.locator("#verticles"), "decisioning")).containsText("ready");

      var other = SERVER.visitor().accepts();
      other.looksAt("/pricing/enterprise");
      other.page("/");

      assertThat(page.locator("#events li").first()).containsText("page");
      assertThat(page.locator("#decisions li").first()).containsText("hero → brand");
      assertThat(visit.violations()).isEqualTo(List.of());
      page.locator("#logout").click();
      assertThat(page.locator("#login")).isVisible();
    }
  }

  @Test
  void console_visitorWasThere_showsCoverageAndWhyTheySawWhat() {
    var known = SERVER.visitor().accepts();
    known.looksAt(PLANS.toArray(String[]::new));
    known.page("/");
    SERVER.visitor().page("/");
    try (var visit = browser.visit(SERVER.base())) {
      var page = visit.open("/console/#/coverage");
      page.locator("#user").fill("admin");
      page.locator("#password").fill(RunningServer.PASSWORD);
      page.locator("#login-form button").click();
      var shown = page.locator("#coverage-shown");
      assertThat(rows(shown, "enterprise-prospects")).isVisible();
      assertThat(rows(shown, "home")).isVisible();
      assertThat(rows(shown, "Chosen for the visitor")).isVisible();
      assertThat(rows(shown, "did not consent")).isVisible();

      page.locator("[data-screen=decisions]").click();
      var form = page.locator("#found-form");
      form.locator("[name=visitor]").fill("anonymous:" + known.deviceId());
      form.locator("button").click();
      var newest = page.locator("#found > li").first();
      assertThat(page.locator("#found > li")).hasCount(1);
      assertThat(newest).containsText("hero → enterprise");
      newest.locator("summary").first().click();
      assertThat(newest).containsText("without segments.enterprise-prospects it would show");
      assertThat(visit.violations()).isEqualTo(List.of());
    }
  }

  @Test
  void variants_declareBehaviors_theTagRunsThemUnderTheContentPolicy() {
    var to = Instant.now().plus(Duration.ofDays(2)).plusSeconds(3_600);
    define("offer", OFFER, Map.of("dismiss", true, "countdown", Map.of("to", to.toString())));
    define("story", "<p>{{text}}</p>", Map.of("reveal", true));
    SERVER.admin(
        "pages.put",
        Map.of("key", "behaving", "site", "demo", "path", "/behaving", "template", BEHAVING));
    assertThat(SERVER.get("/behaving").header("Content-Security-Policy"))
        .contains("default-src 'self'")
        .doesNotContain("unsafe", "script-src");

    try (var visit = browser.visit(SERVER.base())) {
      var page = visit.open("/behaving");
      var offer = page.locator("[data-mq-component=offer]");
      var clock = page.locator("[data-mq-countdown]");
      assertThat(clock).hasText(Pattern.compile("2d 0[01]:[0-5][0-9]:[0-5][0-9]"));
      assertThat(clock).hasAttribute("role", "timer");
      assertThat(clock).hasAttribute("aria-live", "off");
      var story = page.locator("[data-mq-component=story]");
      assertThat(story).hasClass("mq-waiting");
      story.scrollIntoViewIfNeeded();
      assertThat(story).hasClass("mq-revealed");
      isClean(visit);

      offer.locator("[data-mq-dismiss]").click();
      assertThat(offer).isHidden();
      page.waitForFunction(
          "() => window.seen.sent.some(one => one.events.includes('Component Dismissed'))");
      visit.open("/behaving");
      assertThat(offer).isHidden();
      isClean(visit);
    }
    try (var visit = browser.visitWithLessMotion(SERVER.base())) {
      var page = visit.open("/behaving");
      assertThat(page.locator("[data-mq-component=offer]")).isVisible();
      assertThat(page.locator("[data-mq-countdown]"))
          .hasText(Pattern.compile("2d 0[01]:[0-5][0-9]"));
      assertThat(page.locator("[data-mq-component=story]")).hasClass("mq-revealed");
      isClean(visit);
    }
    try (var visit = browser.visitWithoutScripts(SERVER.base())) {
      var page = visit.open("/behaving");
      assertThat(page.locator("[data-mq-countdown]")).hasText("soon");
      assertThat(page.locator("[data-mq-component=story]")).isVisible();
    }
  }

  @Test
  void countdown_isOver_saysSoPolitely() {
    var past = Map.of("to", "2026-01-31T08:00:00Z", "over", "The sale has begun");
    define("begun", "<p><span data-mq-countdown>{{text}}</span></p>", Map.of("countdown", past));
    SERVER.admin(
        "pages.put",
        Map.of(
            "key", "begun",
            "site", "demo",
            "path", "/begun",
            "template", HEAD + "<mq-slot component=\"begun\"></mq-slot>"));
    try (var visit = browser.visit(SERVER.base())) {
      var clock = visit.open("/begun").locator("[data-mq-countdown]");
      assertThat(clock).hasText("The sale has begun");
      assertThat(clock).hasAttribute("aria-live", "polite");
      isClean(visit);
    }
  }

  private static void define(String component, String template, Map<String, Object> behavior) {
    SERVER.admin(
        "components.put",
        Map.of(
            "key",
            component,
            "fields",
            List.of(Map.of("key", "text", "type", "text")),
            "template",
            template,
            "fallback",
            List.of("only")));
    SERVER.admin(
        "variants.put",
        Map.of(
            "component",
            component,
            "key",
            "only",
            "content",
            Map.of("text", "soon"),
            "behavior",
            behavior,
            "status",
            "published"));
  }

  private static Locator rows(Locator table, String name) {
    return table.locator("tr").filter(new Locator.FilterOptions().setHasText(name));
  }
}
