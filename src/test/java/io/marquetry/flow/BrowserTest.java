package io.marquetry.flow;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import io.marquetry.testkit.Browser;
import io.marquetry.testkit.BrowserVisit;
import io.marquetry.testkit.RunningServer;
import java.util.List;
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

  private static Locator rows(Locator table, String name) {
    return table.locator("tr").filter(new Locator.FilterOptions().setHasText(name));
  }
}
