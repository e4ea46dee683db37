package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.grant.ConsentCategories;
import io.marquetry.ingest.core.Arrival;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.ingest.core.EventParser.Outcome;
import io.marquetry.ingest.core.LogEntry;
import io.marquetry.kit.Ids;
import io.marquetry.platform.IdentityKeys;
import io.marquetry.platform.IdentityTokens;
import io.marquetry.platform.Json;
import io.marquetry.testkit.Token;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What tokens do to the events they come with, at a site that takes nobody's plain word. */
class VouchingTest {
  private static final Ids IDS = new Ids(IngestRig.SECRET);
  private static final IdentityKeys KEYS = new IdentityKeys(IngestRig.SECRET);
  private static final Arrival ARRIVAL =
      new Arrival("shut", false, IngestRig.NOW.toEpochMilli(), null, "cookie", "", "", "", false);

  private final EventParser parser = new EventParser(IDS);
  private final Beacon beacon =
      new Beacon(
          parser,
          new Beacon.Source(
              ARRIVAL,
              Intake.Sender.BROWSER,
              false,
              new Vouching(new IdentityTokens(KEYS), List.of("k1")),
              ConsentCategories.COMMON),
          null,
          () -> "made-up");

  @Test
  void token_good_claimsTheUserForEver() {
    add(call("identify", "u", token("u")));
    assertThat(answer()).containsOnlyKeys("success");
    var event = event(0);
    assertThat(event.subject().user()).isEqualTo(IDS.user("shut", "u"));
    assertThat(event.flags()).doesNotContain("unverified");
    var entry = Json.readOwn(beacon.message().events().getFirst().payload());
    assertThat(LogEntry.parse(parser, "shut", event.receivedAt(), entry))
        .as("read again from the log, long after the token expired")
        .isEqualTo(new Outcome.Parsed(event));
  }

  @Test
  void token_any_isNoPartOfTheEvent() {
    add(call("identify", "u", token("u")));
    add(call("identify", "u", "forged"));
    for (int i = 0; i < 2; i++) {
      assertThat(event(i).object("context")).isEqualTo(Map.of("locale", "de"));
    }
  }

  @Test
  void token_bad_isToldAndTheUserIsUnverified() {
    add(call("page", "victim", token("attacker")));
    assertThat(answer()).containsEntry("unverified", 1);
    assertThat(answer().get("tokens"))
        .isEqualTo(
            List.of(
                Map.of(
                    "index", 0,
                    "messageId", "m-page",
                    "code", "token_subject",
                    "message", "sub must be the event's userId")));
    assertThat(event(0).subject().user()).isNull();
    assertThat(event(0).subject().userId()).isEqualTo("victim");
    assertThat(event(0).flags()).containsExactly("unverified");
  }

  @Test
  void token_numberAsUser_isThatText() {
    var call = call("identify", "", token("17"));
    call.put("userId", 17L);
    add(call);
    assertThat(event(0).subject().user()).isEqualTo(IDS.user("shut", "17"));
  }

  @Test
  void token_inABatch_speaksForItsOwnEventAlone() {
    var without = call("identify", "v", "");
    without.remove("context");
    add(without);
    add(call("page", "u", token("u")));
    assertThat(answer()).containsEntry("unverified", 1).doesNotContainKey("tokens");
    assertThat(event(0).subject().user()).isNull();
    assertThat(event(1).subject().user()).isEqualTo(IDS.user("shut", "u"));
  }

  @Test
  void token_onAlias_retiresNoOtherBrowsersId() {
    var own = call("alias", "u", token("u"));
    own.put("previousId", "a");
    add(own);
    assertThat(event(0).subject().previous()).isEqualTo(IDS.device("shut", "a"));
    var foreign = call("alias", "u", token("u"));
    foreign.put("previousId", "b");
    add(foreign);
    assertThat(event(1).subject().previous()).isNull();
    assertThat(answer().get("tokens").toString()).contains("token_alias");
  }

  @Test
  void token_boundToTheBrowser_isTakenFromThatBrowser() {
    var secret = KEYS.secret("shut", "k1");
    var here = Token.of("shut", "u", IngestRig.NOW).bound("a").signed(secret);
    var elsewhere = Token.of("shut", "u", IngestRig.NOW).bound("b").signed(secret);
    add(call("identify", "u", here));
    add(call("identify", "u", elsewhere));
    assertThat(event(0).subject().user()).isNotNull();
    assertThat(event(1).subject().user()).isNull();
  }

  private void add(Map<String, Object> call) {
    beacon.add(call);
  }

  private Event event(int index) {
    return beacon.message().events().get(index).event();
  }

  private Map<String, Object> answer() {
    var verdicts = beacon.message().events().stream().map(event -> Verdict.STORED).toList();
    return beacon.answer(new Intake.Taken(new Accepted(verdicts), null));
  }

  private static Map<String, Object> call(String type, String user, String token) {
    var call = new LinkedHashMap<String, Object>();
    call.put("type", type);
    call.put("messageId", "m-" + type);
    call.put("anonymousId", "a");
    call.put("userId", user);
    call.put("context", Map.of("identityToken", token, "locale", "de"));
    return call;
  }

  private static String token(String user) {
    return Token.of("shut", user, IngestRig.NOW).signed(KEYS.secret("shut", "k1"));
  }
}
