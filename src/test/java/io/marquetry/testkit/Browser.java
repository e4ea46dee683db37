package io.marquetry.testkit;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The Chromium of this machine, headless. It is named by the environment variable {@code CHROMIUM}
 * or looked for where distributions put it; nothing is downloaded, and nothing but the server under
 * test is spoken to.
 */
public final class Browser implements AutoCloseable {
  private static final List<String> PLACES =
      List.of(
          "/usr/bin/chromium",
          "/usr/bin/chromium-browser",
          "/usr/bin/google-chrome",
          "/snap/bin/chromium");

  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser browser;

  private Browser(Path chromium) {
    var options =
        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
    playwright = Playwright.create(options);
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium)
                    .setHeadless(true)
                    .setArgs(FLAGS));
  }

  /** Starts it; where there is none the test is skipped, saying so. */
  public static Browser start() {
    var found = chromium();
    Assumptions.assumeTrue(found.isPresent(), "no Chromium here: scripts/test installs one");
    return new Browser(found.orElseThrow());
  }

  private static Optional<Path> chromium() {
    var named = Stream.ofNullable(System.getenv("CHROMIUM"));
    return Stream.concat(named, PLACES.stream())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** A browser of somebody new: no cookies, nothing stored. */
  public BrowserVisit visit(String base) {
    return new BrowserVisit(browser.newContext(options(base)));
  }

  /** The same with scripts switched off. */
  public BrowserVisit visitWithoutScripts(String base) {
    return new BrowserVisit(browser.newContext(options(base).setJavaScriptEnabled(false)));
  }

  /** The same with the wish for less motion. */
  public BrowserVisit visitWithLessMotion(String base) {
    return new BrowserVisit(
        browser.newContext(options(base).setReducedMotion(ReducedMotion.REDUCE)));
  }

  private static com.microsoft.playwright.Browser.NewContextOptions options(String base) {
    return new com.microsoft.playwright.Browser.NewContextOptions()
        .setBaseURL(base)
        .setUserAgent(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
                + " Chrome/156.0.0.0 Safari/537.36")
        .setViewportSize(1280, 900);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
