package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.ShownPage;
import io.marquetry.testkit.Until;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From a draft to every page and back. */
@Tag("server")
class PublishingTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  private static final int READERS = 4;
  private static final int ROUNDS = 5;

  @BeforeAll
  static void define() {
    SERVER.admin(
        "components.put",
        Map.of(
            "key", "notice",
            "name", "Notice",
            "fields", List.of(Map.of("key", "text", "type", "text")),
            "template", "<p>{{text}}</p>",
            "fallback", List.of("soon", "plain")));
    put("plain", "Round 0", "published", Map.of());
    SERVER.admin(
        "pages.put",
        Map.of(
            "key", "publishing",
            "site", "demo",
            "path", "/publishing",
            "template",
                "<title>t</title><mq-slot component=\"hero\"></mq-slot><mq-slot"
                    + " component=\"notice\">none</mq-slot>"));
  }

  private static void put(String key, String text, String status, Map<String, Object> more) {
    var body = new HashMap<String, Object>(more);
    body.put("component", "notice");
    body.put("key", key);
    body.put("content", Map.of("text", text));
    body.put("status", status);
    SERVER.admin("variants.put", body);
  }

  private static Answer preview(Map<String, Object> more) {
    var body = new HashMap<String, Object>(more);
    body.put("key", "publishing");
    return SERVER.adminAnswer("pages.preview", body);
  }

  private static ShownPage follow(Answer link) {
    return new ShownPage(SERVER.get(link.expect(200).text("path")).expect(200));
  }

  @Test
  void preview_asMemberOfASegment_showsWhatTheyWouldSeeAndCountsNothing() {
    var link = preview(Map.of("segments", List.of("enterprise-prospects")));
    var shown = follow(link);
    assertThat(shown.variant("hero")).isEqualTo("enterprise");
    assertThat(new ShownPage(SERVER.get("/publishing")).variant("hero")).isEqualTo("brand");
    assertThat(shown.answer().header("Cache-Control")).isEqualTo("private, no-store");
    assertThat(shown.answer().header("X-Robots-Tag")).isEqualTo("noindex");
    var logged = SERVER.admin("decisions.query", Map.of("decisionId", shown.decision()));
    assertThat(logged.list("decisions")).isEmpty();
    var audit = SERVER.admin("audit.query", Map.of("operation", "pages.preview"));
    assertThat(audit.toString()).contains("enterprise-prospects");
  }

  @Test
  void preview_asAPerson_showsTheirPage() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt("/pricing/enterprise", "/pricing/enterprise", "/pricing/enterprise/rollout");
    var link = preview(Map.of("profile", "anonymous:" + visitor.deviceId()));
    assertThat(follow(link).variant("hero")).isEqualTo("enterprise");
  }

  @Test
  void preview_ofADraft_showsItToNobodyElse() {
    put("winter", "Winter is coming", "draft", Map.of());
    var link = preview(Map.of("show", Map.of("notice", "winter")));
    assertThat(follow(link).html()).contains("Winter is coming");
    assertThat(SERVER.get("/publishing").body()).doesNotContain("Winter is coming");
  }

  @Test
  void preview_alteredLinkOrWrongQuestion_isRefused() {
    var path = preview(Map.of("segments", List.of("enterprise-prospects"))).text("path");
    var altered = path.substring(0, path.length() - 1) + (path.endsWith("A") ? "B" : "A");
    assertThat(SERVER.get(altered).expect(403).body()).doesNotContain("data-mq");
    assertThat(SERVER.get(path.replace("/publishing?", "/?")).status()).isEqualTo(403);
    assertThat(preview(Map.of("segments", List.of("gone"))).expect(422).text("error.field"))
        .isEqualTo("segments[0]");
    assertThat(preview(Map.of("show", Map.of("notice", "gone"))).expect(422).text("error.field"))
        .isEqualTo("show.notice");
    assertThat(preview(Map.of("path", "/elsewhere")).expect(422).text("error.field"))
        .isEqualTo("path");
  }

  @Test
  void publish_at_isShownFromThatMomentOn() {
    put("soon", "Opening now", "draft", Map.of());
    var at = Instant.now().plus(Duration.ofMillis(1_500));
    var published =
        SERVER.admin(
            "variants.publish", Map.of("component", "notice", "key", "soon", "at", at.toString()));
    assertThat(published.text("schedule.from")).isEqualTo(at.toString());
    var before = SERVER.get("/publishing").body();
    assertThat(before.contains("Opening now")).isEqualTo(!Instant.now().isBefore(at));
    Until.until("it is shown", () -> SERVER.get("/publishing").body().contains("Opening now"));
    assertThat(Instant.now()).isAfterOrEqualTo(at);
    SERVER.admin("variants.rollback", Map.of("component", "notice", "key", "soon"));
    assertThat(SERVER.get("/publishing").body()).doesNotContain("Opening now");
    var versions =
        SERVER
            .admin("variants.history", Map.of("component", "notice", "key", "soon"))
            .list("versions");
    assertThat(versions)
        .extracting(version -> Answer.at(version, "body.status"))
        .startsWith("draft", "published", "draft");
  }

  @Test
  void templates_changed_changeWhatIsPutTogetherFromThemAndStayWhole() {
    template("note", "<i title=\"{{text}}\">{{text}}</i>");
    template("frame", "<title>{{$ title}}Shop{{/title}}</title><main>{{$ main}}{{/main}}</main>");
    SERVER.admin(
        "components.put",
        Map.of(
            "key",
            "noted",
            "fields",
            List.of(Map.of("key", "text", "type", "text")),
            "template",
            "{{> note}}",
            "fallback",
            List.of("plain")));
    SERVER.admin(
        "variants.put",
        Map.of(
            "component", "noted",
            "key", "plain",
            "content", Map.of("text", "<\"x\">"),
            "status", "published"));
    SERVER.admin(
        "pages.put",
        Map.of(
            "key", "framed",
            "site", "demo",
            "path", "/framed",
            "template",
                "{{< frame}}{{$ title}}Framed{{/title}}{{$ main}}<mq-slot"
                    + " component=\"noted\"></mq-slot>{{/main}}{{/frame}}"));
    assertThat(SERVER.get("/framed").expect(200).body())
        .startsWith("<title>Framed</title><main><mq-slot component=\"noted\"")
        .contains("title=\"&lt;&quot;x&quot;&gt;\"");

    template("frame", "<title>{{$ title}}Shop{{/title}}</title><p>{{$ main}}{{/main}}</p>");
    template("note", "<u>{{text}}</u>");
    assertThat(SERVER.get("/framed").expect(200).body())
        .startsWith("<title>Framed</title><p><mq-slot")
        .contains("<u>&lt;&quot;x");

    var circle = Map.<String, Object>of("key", "note", "template", "{{> note}}");
    assertThat(SERVER.adminAnswer("templates.put", circle).expect(422).text("error.message"))
        .contains("note > note");
    var used = SERVER.adminAnswer("templates.delete", Map.of("key", "frame")).expect(409);
    assertThat(used.text("error.message")).contains("page framed");
    assertThat(SERVER.get("/framed").expect(200).body()).contains("<u>&lt;&quot;x");
  }

  private static void template(String key, String source) {
    SERVER.admin("templates.put", Map.of("key", key, "template", source));
  }

  /** A page that was fetched, as somebody under way saw it. */
  private record Sight(long begun, int status, String body) {}

  @Test
  void publish_underLoad_reachesEveryPageAtOnceAndLosesNoRequest() throws InterruptedException {
    var sights = new ConcurrentLinkedQueue<Sight>();
    var over = new AtomicBoolean();
    var answered = new AtomicLong();
    var readers = new ArrayList<Thread>();
    for (int i = 0; i < READERS; i++) {
      readers.add(
          Thread.startVirtualThread(
              () -> {
                while (!over.get()) {
                  long begun = System.nanoTime();
                  var page = SERVER.get("/publishing");
                  sights.add(new Sight(begun, page.status(), page.body()));
                  answered.incrementAndGet();
                }
              }));
    }
    var effective = new long[ROUNDS + 1];
    for (int round = 1; round <= ROUNDS; round++) {
      awaitMore(answered);
      put("plain", "Round " + round, "published", Map.of());
      effective[round] = System.nanoTime();
    }
    awaitMore(answered);
    over.set(true);
    for (var reader : readers) {
      reader.join();
    }
    assertThat(sights).allMatch(sight -> sight.status() == 200);
    for (int round = 1; round <= ROUNDS; round++) {
      long late = effective[round] + Duration.ofMillis(50).toNanos();
      var old = "Round " + (round - 1) + "<";
      assertThat(sights)
          .as("pages asked for 50 ms after round %d", round)
          .noneMatch(sight -> sight.begun() > late && sight.body().contains(old));
    }
    assertThat(sights).anyMatch(sight -> sight.body().contains("Round " + ROUNDS + "<"));
  }

  private static void awaitMore(AtomicLong answered) {
    long before = answered.get();
    Until.until("readers go on", () -> answered.get() > before + 10 * READERS);
  }
}
