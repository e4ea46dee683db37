package io.marquetry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.marquetry.bus.Addresses;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.DecisionsMade;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.Stored;
import io.marquetry.bus.IngestMessage.Subject;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.TestPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The console as a person meets it, in the system's Chromium. */
@Tag("browser")
class ConsolePageTest {
  private static ConsoleRig console;
  private static Playwright playwright;
  private static Browser browser;

  private final List<String> complaints = new ArrayList<>();
  private Page page;

  @BeforeAll
  static void start() {
    console = new ConsoleRig(TestPostgres.freshDatabase()).start();
    playwright =
        Playwright.create(
            new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    var chromium = System.getProperty("marquetry.chromium", "/usr/bin/chromium");
    browser =
        playwright
            .chromium()
            .launch(
                new LaunchOptions()
                    .setExecutablePath(Path.of(chromium))
                    .setArgs(List.of("--no-sandbox")));
  }

  @AfterAll
  static void stop() {
    playwright.close();
    console.close();
  }

  @BeforeEach
  void open() {
    open(ColorScheme.LIGHT);
  }

  @AfterEach
  void close() {
    page.context().close();
  }

  private void open(ColorScheme scheme) {
    var options = new NewContextOptions().setColorScheme(scheme).setViewportSize(1200, 900);
    page = browser.newContext(options).newPage();
    page.onPageError(complaints::add);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.navigate(console.url() + "/console/");
  }

  private void logIn(String password) {
    page.getByLabel("User").fill("admin");
    page.getByLabel("Password").fill(password);
    button("Log in").click();
  }

  private Locator button(String name) {
    return page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
  }

  /** Nothing but the answers that say that nobody is logged in. */
  private void assertNoComplaints() {
    assertThat(complaints).allMatch(complaint -> complaint.contains("401"));
  }

  private static Logged event(String name) {
    return new Logged(
        1,
        new Event(
            new Id128(0, 1),
            "m",
            "demo",
            EventType.TRACK,
            name,
            new Subject(new Id128(0x1234567890abcdefL, 1), null, null, null, "x", null),
            console.now().toEpochMilli(),
            console.now().toEpochMilli(),
            Map.of(),
            List.of()));
  }

  private static DecisionRecord decision() {
    return new DecisionRecord(
        new Id128(1, 1),
        console.now().toEpochMilli(),
        "demo",
        Mode.PERSONALIZED,
        new Id128(0x1234567890abcdefL, 1),
        "home",
        List.of(new Choice("hero", "welcome-back", "rule", List.of(), 1, 1, -1)),
        Map.of(),
        0,
        "v",
        1_250);
  }

  @Test
  void logIn_wrongThenRight_showsTheSystemAndWhatHappens() {
    logIn("not it at all");
    assertThat(page.getByRole(AriaRole.ALERT)).hasText("user or password is wrong");
    logIn(ConsoleRig.PASSWORD);
    assertThat(page.locator("#connection")).hasText("connected");
    assertThat(page.locator("#verticles tr")).hasCount(3);
    assertThat(page.locator("#verticles")).containsText("catalogue");
    assertThat(page.locator("#who")).containsText("admin (admin)");

    console.rig.bus.publish(
        Addresses.STORED, new Stored(List.of(event("<b>Order</b> Completed"), event("Viewed"))));
    console.rig.bus.publish(Addresses.DECISIONS_MADE, new DecisionsMade(List.of(decision())));
    assertThat(page.locator("#events li")).hasCount(2);
    assertThat(page.locator("#events")).containsText("<b>Order</b> Completed");
    assertThat(page.locator("#events")).containsText("12345678");
    assertThat(page.locator("#decisions li")).containsText("hero → welcome-back");
    page.screenshot(new ScreenshotOptions().setPath(Path.of("target", "console-light.png")));
    assertNoComplaints();
  }

  @Test
  void feed_paused_standsStillAndCatchesUp() {
    logIn(ConsoleRig.PASSWORD);
    assertThat(page.locator("#connection")).hasText("connected");
    page.locator("#events-pause").click();
    assertThat(page.locator("#events-pause")).hasAttribute("aria-pressed", "true");
    console.rig.bus.publish(Addresses.STORED, new Stored(List.of(event("Held"))));
    console.rig.bus.publish(Addresses.DECISIONS_MADE, new DecisionsMade(List.of(decision())));
    assertThat(page.locator("#decisions li")).hasCount(1);
    assertThat(page.locator("#events li")).hasCount(0);
    page.locator("#events-pause").click();
    assertThat(page.locator("#events li")).containsText("Held");
    assertNoComplaints();
  }

  @Test
  void reload_loggedIn_staysLoggedInUntilLogout() {
    logIn(ConsoleRig.PASSWORD);
    assertThat(page.locator("#connection")).hasText("connected");
    page.reload();
    assertThat(page.locator("#connection")).hasText("connected");
    assertThat(page.getByLabel("User")).isHidden();
    button("Log out").click();
    assertThat(page.getByLabel("User")).isFocused();
    assertThat(page.locator("#connection")).hasText("not connected");
    page.reload();
    assertThat(page.getByLabel("User")).isVisible();
    assertNoComplaints();
  }

  @Test
  void session_endedElsewhere_asksToLogInAgain() {
    logIn(ConsoleRig.PASSWORD);
    assertThat(page.locator("#connection")).hasText("connected");
    var cookie =
        page.context().cookies().stream()
            .filter(one -> one.name.equals("mq_admin"))
            .findFirst()
            .orElseThrow();
    assertThat(cookie.httpOnly).isTrue();
    console.call(cookie.value, "logout", "");
    assertThat(page.getByLabel("User")).isVisible();
    assertNoComplaints();
  }

  @Test
  void phone_darkAndNarrow_fitsWithoutScrollingSideways() {
    page.context().close();
    open(ColorScheme.DARK);
    page.setViewportSize(360, 740);
    logIn(ConsoleRig.PASSWORD);
    assertThat(page.locator("#connection")).hasText("connected");
    assertThat(page.locator("#verticles tr")).hasCount(3);
    var overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assertThat(((Number) overflow).intValue()).isLessThanOrEqualTo(0);
    page.screenshot(
        new ScreenshotOptions().setFullPage(true).setPath(Path.of("target", "console-dark.png")));
    assertNoComplaints();
  }
}
