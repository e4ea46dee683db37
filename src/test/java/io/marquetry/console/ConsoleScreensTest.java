package io.marquetry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.marquetry.catalogue.CatalogueRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.AriaRole;
import io.marquetry.bus.Addresses;
import io.marquetry.bus.DecisionLogMessage.Counterfactual;
import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.Covered;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Decisions;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.DecisionLogMessage.Replayed;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.DecisioningMessage.Reason;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.Browser;
import io.marquetry.testkit.BrowserVisit;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingDeque;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The screens that look back, in a real browser, over a decision log that answers as told. */
@Tag("browser")
class ConsoleScreensTest {
  private static final Id128 PROFILE = new Id128(1, 65);
  private static final LinkedBlockingDeque<GetCoverage> COVERED = new LinkedBlockingDeque<>();
  private static final LinkedBlockingDeque<QueryDecisions> FOUND = new LinkedBlockingDeque<>();

  private static Browser browser;
  private static ConsoleRig console;

  private BrowserVisit visit;
  private Page page;

  @BeforeAll
  static void start() {
    browser = Browser.start();
    console = new ConsoleRig(TestPostgres.freshDatabase()).start();
    console.ok(console.adminToken(), "sites.put", "{'key':'shop','name':'The shop'}");
    console.ok(
        console.adminToken(),
        "users.put",
        "{'name':'ann','password':'a password of hers','roles':['viewer']}");
    await(console.rig.bus.serve(Addresses.COVERAGE, ConsoleScreensTest::coverage));
    await(console.rig.bus.serve(Addresses.QUERY_DECISIONS, ConsoleScreensTest::query));
    await(
        console.rig.bus.serve(
            Addresses.REPLAY_DECISION,
            asked ->
                Future.succeededFuture(
                    new Replayed(
                        decision(),
                        "v1",
                        decision().choices(),
                        true,
                        List.of(),
                        List.of(
                            new Counterfactual("hero", List.of("segments.vip"), "plain"),
                            new Counterfactual("promo", List.of(), "sale"))))));
  }

  private static Future<Coverage> coverage(GetCoverage asked) {
    COVERED.add(asked);
    return Future.succeededFuture(
        new Coverage(
            2_000,
            false,
            new Covered("", 2_000, 500),
            new Covered("", 10_000, 3_500),
            List.of(new Covered("home", 8_000, 3_400), new Covered("<i>odd</i>", 2_000, 100)),
            List.of(new Covered("hero", 2_000, 1_900)),
            List.of()));
  }

  private static Future<Decisions> query(QueryDecisions asked) {
    FOUND.add(asked);
    return Future.succeededFuture(new Decisions(List.of(decision())));
  }

  private static DecisionRecord decision() {
    var because =
        List.of(
            new Reason("segment", "vip", "the visitor is in segment “VIPs”"),
            new Reason("rule", "r", "rule “r” shows “<b>vip</b>”"));
    return new DecisionRecord(
        new Id128(1, 1),
        console.now().toEpochMilli(),
        "shop",
        Mode.PERSONALIZED,
        PROFILE,
        "home",
        List.of(
            new Choice("hero", "vip", "rule", because, 1, 1, -1),
            new Choice("promo", "sale", "fallback", List.of(), 1, .25, 0)),
        Map.of("segments", List.of("vip"), "visits", 3L),
        1,
        "0123456789abcdef",
        1_250);
  }

  @AfterAll
  static void stop() {
    if (console != null) {
      console.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() {
    COVERED.clear();
    FOUND.clear();
    visit = browser.visit(console.url());
    page = visit.tab();
  }

  @AfterEach
  void close() {
    visit.close();
  }

  private void open(String screen, String user, String password) {
    visit.open("/console/#/" + screen);
    page.locator("#user").fill(user);
    page.locator("#password").fill(password);
    page.locator("#login-form button").click();
    assertThat(page.locator("#board")).isVisible();
  }

  private void openAsAdmin(String screen) {
    open(screen, "admin", ConsoleRig.PASSWORD);
  }

  private Locator table(String title) {
    return page.getByRole(AriaRole.TABLE, new Page.GetByRoleOptions().setName(title));
  }

  private Locator row(String table, String name) {
    return table(table)
        .getByRole(AriaRole.ROW)
        .filter(new Locator.FilterOptions().setHasText(name));
  }

  private Locator button(String name) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
  }

  private void assertAllowedAndFitting() {
    assertThat(visit.violations()).isEqualTo(List.of());
    assertThat(visit.complaints()).allMatch(one -> one.contains("401") || one.contains("403"));
    var overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assertThat(((Number) overflow).intValue()).isLessThanOrEqualTo(0);
  }

  @Test
  void coverage_opened_saysHowMuchWasPersonalizedAndOnWhatTheRestRests() {
    openAsAdmin("coverage");
    assertThat(page.locator("#coverage-said"))
        .hasText(
            "Of 10,000 slots that were served, 3,500 (35%) showed something that was chosen for"
                + " the visitor. There is more: only the newest 2,000 decisions of this time are"
                + " counted.");
    assertThat(page.locator("#coverage-shown .figures")).containsText("25%");
    assertThat(row("By page", "home").getByRole(AriaRole.CELL))
        .hasText(new String[] {"8,000", "3,400", "42.5%"});
    assertThat(row("By page", "odd").getByRole(AriaRole.ROWHEADER)).hasText("<i>odd</i>");
    assertThat(row("By component", "hero")).containsText("95%");
    assertThat(table("By component").getByRole(AriaRole.COLUMNHEADER)).hasCount(4);
    assertThat(table("By segment")).hasCount(0);
    assertThat(row("Why, or why not", "fallback chain").getByRole(AriaRole.CELL))
        .hasText(new String[] {"1", "50%"});
    var drawn = row("By page", "home").locator(".bar-of");
    assertThat(drawn).hasAttribute("aria-hidden", "true");
    assertThat(drawn).hasCSS("--share", "0.425");
    assertThat(page).hasTitle("Coverage · Marquetry console");
    page.screenshot(
        new ScreenshotOptions().setFullPage(true).setPath(Path.of("target", "coverage.png")));
    assertAllowedAndFitting();
  }

  @Test
  void coverage_ofATimeAndASite_isAskedForJustThat() throws InterruptedException {
    openAsAdmin("coverage");
    assertThat(COVERED.take().site()).isNull();
    var form = page.locator("#coverage-form");
    form.getByLabel("Site").selectOption("shop");
    form.getByLabel("Time").selectOption("the last 7 days");
    button("Show coverage").click();
    var week = COVERED.take();
    assertThat(week.site()).isEqualTo("shop");
    assertThat(Duration.ofMillis(week.to() - week.from())).isBetween(days(6), days(8));

    form.getByLabel("Time").selectOption("between two times");
    var zone = "new Date(2026, 0, 2, 3, 4).getTime()";
    form.getByLabel("From").fill("2026-01-02T03:04");
    form.getByLabel("Until").fill("2026-01-02T04:04");
    button("Show coverage").click();
    var hour = COVERED.take();
    assertThat(hour.from()).isEqualTo(((Number) page.evaluate(zone)).longValue());
    assertThat(hour.to() - hour.from()).isEqualTo(Duration.ofHours(1).toMillis());

    form.getByLabel("Until").fill("2026-01-01T00:00");
    button("Show coverage").click();
    assertThat(form.getByRole(AriaRole.ALERT))
        .hasText("must lie before \"to\", by 31 days at most");
    assertThat(table("By page")).hasCount(0);
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }

  @Test
  void coverage_viewer_isToldWhichRoleItNeeds() {
    open("coverage", "ann", "a password of hers");
    assertThat(page.locator("#coverage-form").getByRole(AriaRole.ALERT))
        .containsText("needs the role analyst");
    assertThat(page.locator("#coverage-shown")).isEmpty();
    assertAllowedAndFitting();
  }

  @Test
  void decisions_ofAVisitor_areListedAndExplained() throws InterruptedException {
    openAsAdmin("");
    assertThat(page.locator("#screen-now")).isVisible();
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Decisions")).click();
    assertThat(page.locator("#found-title")).isFocused();
    assertThat(page.locator("#screen-now")).isHidden();
    assertThat(FOUND.take().profile()).isNull();

    var form = page.locator("#found-form");
    form.getByLabel("Visitor").fill(PROFILE.toString());
    form.getByLabel("Component").fill("hero");
    form.getByLabel("Component").press("Enter");
    var asked = FOUND.take();
    assertThat(asked.profile()).isEqualTo(PROFILE);
    assertThat(asked.component()).isEqualTo("hero");
    assertThat(Instant.ofEpochMilli(asked.from() == null ? 0 : asked.from()))
        .isAfter(console.now().minus(days(2)));
    assertThat(page.locator("#found-said")).hasText("One decision.");

    var found = page.locator("#found > li");
    assertThat(found).containsText("by the profile");
    assertThat(found).containsText("home: hero → vip, promo → sale");
    found.locator("summary").first().press("Enter");
    assertThat(found).containsText("in segment “VIPs”");
    assertThat(found).containsText("rule “r” shows “<b>vip</b>”");
    assertThat(found).containsText("without segments.vip it would show “plain”");
    assertThat(found).containsText("with a chance of 25%");
    found.getByText("Signals that were read (2)").click();
    assertThat(found.locator(".signals")).containsText("[\"vip\"]");
    assertThat(found).containsText(PROFILE.toString());
    page.screenshot(
        new ScreenshotOptions().setFullPage(true).setPath(Path.of("target", "decisions.png")));
    assertAllowedAndFitting();

    page.locator("#logout").click();
    assertThat(page.locator("#login")).isVisible();
    assertThat(found).hasCount(0);
    assertThat(form.locator("[name=visitor]")).hasValue("");
  }

  @Test
  void decision_byItsId_isAskedForAlone() throws InterruptedException {
    openAsAdmin("decisions");
    FOUND.take();
    var form = page.locator("#found-form");
    form.getByLabel("Or one decision").fill(" " + decision().decision() + " ");
    button("Show decisions").click();
    var asked = FOUND.take();
    assertThat(asked.decision()).isEqualTo(decision().decision());
    assertThat(asked.from()).isNull();
    form.getByLabel("Or one decision").fill("nonsense");
    button("Show decisions").click();
    assertThat(form.getByRole(AriaRole.ALERT)).hasText("must be 32 hex digits");
  }

  @Test
  void screens_onAPhone_fitWithoutScrollingSideways() {
    page.setViewportSize(360, 740);
    openAsAdmin("coverage");
    assertThat(row("By page", "home")).isVisible();
    assertAllowedAndFitting();
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Decisions")).click();
    page.locator("#found summary").first().click();
    assertThat(page.locator(".why h3")).hasCount(2);
    assertAllowedAndFitting();
    page.screenshot(
        new ScreenshotOptions().setFullPage(true).setPath(Path.of("target", "phone.png")));
  }
}
