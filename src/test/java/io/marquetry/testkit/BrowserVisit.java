package io.marquetry.testkit;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;

/**
 * One visitor's browser with one tab. Notes what goes wrong on its pages, how much they shift while
 * they load, and which beacons the tag got acknowledged.
 */
public final class BrowserVisit implements AutoCloseable {
  /** Runs before the scripts of every page. */
  private static final String WATCH =
      """
      window.seen = { shift: 0, violations: [], sent: [] };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.seen.shift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
      document.addEventListener("securitypolicyviolation", (event) =>
        window.seen.violations.push(event.violatedDirective + " " + event.blockedURI));
      document.addEventListener("mq:sent", (event) => window.seen.sent.push(event.detail));
      """;

  private final BrowserContext context;
  private final Page page;
  private final List<String> complaints = new ArrayList<>();

  BrowserVisit(BrowserContext context) {
    this.context = context;
    context.addInitScript(WATCH);
    page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text() + " (" + message.location() + ")");
          }
        });
    page.onPageError(complaints::add);
    page.onRequestFailed(
        request -> {
          // A beacon that the next page cuts short goes out again; everything else has to arrive.
          if (!request.method().equals("POST")) {
            complaints.add("failed: " + request.url());
          }
        });
  }

  public Page tab() {
    return page;
  }

  /** Opens a page of the site and waits until all of it is loaded. */
  public Page open(String path) {
    page.navigate(path);
    return page;
  }

  /** The variant that a component on this page shows. */
  public String variant(String component) {
    return String.valueOf(
        page.locator("[data-mq-component=" + component + "]").getAttribute("data-mq-variant"));
  }

  /** Waits until this page's tag got this many events acknowledged, counted alone or not. */
  public void acknowledged(int events) {
    page.waitForFunction(
        "n => window.seen.sent.reduce((sum, one) => sum + one.count, 0) >= n", events);
  }

  /** Of the acknowledged events of this page, how many were only counted. */
  public int onlyCounted() {
    var sum = page.evaluate("window.seen.sent.reduce((sum, one) => sum + one.aggregateOnly, 0)");
    return ((Number) sum).intValue();
  }

  /** By how much this page moved under its reader since it began to load; 0 is nothing. */
  public double layoutShift() {
    return ((Number) page.evaluate("window.seen.shift")).doubleValue();
  }

  /** What the page was kept from by its content policy. */
  public Object violations() {
    return page.evaluate("window.seen.violations");
  }

  /** Errors and warnings on the browser's console, uncaught exceptions, requests that failed. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** What the browser holds under this name, empty where nothing. */
  public String cookie(String name) {
    return context.cookies().stream()
        .filter(cookie -> cookie.name.equals(name))
        .map(cookie -> cookie.value)
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() {
    context.close();
  }
}
