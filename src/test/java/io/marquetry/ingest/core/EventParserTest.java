package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.ingest.core.EventParser.Outcome;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.testkit.RealData;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventParserTest {
  private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final long NOW = Instant.parse("2026-11-22T10:00:00Z").toEpochMilli();
  private static final Arrival BROWSER =
      new Arrival("shop", false, NOW, null, null, "Firefox", "", "", false);
  private static final Arrival SERVER =
      new Arrival("shop", true, NOW, null, null, "", "", "", false);

  private final Ids ids = new Ids(SECRET);
  private final EventParser parser = new EventParser(new Ids(SECRET));

  private static Map<String, Object> json(String text) {
    return Json.readOwn(text.replace('\'', '"'));
  }

  private Event event(String call, Arrival arrival) {
    return event(parser.parse(json(call), null, arrival, "made-up"));
  }

  private static Event event(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Parsed.class);
    return ((Outcome.Parsed) outcome).event();
  }

  private Outcome.Rejected rejected(String call, Arrival arrival) {
    var outcome = parser.parse(json(call), null, arrival, "made-up");
    assertThat(outcome).isInstanceOf(Outcome.Rejected.class);
    return (Outcome.Rejected) outcome;
  }

  @Test
  void parse_trackCall_hasEverythingItSays() {
    var event =
        event(
            "{'type':'track','messageId':'m1','anonymousId':'a','event':'Order Completed',"
                + "'timestamp':'2026-11-22T09:59:00Z','properties':{'total':9.5},"
                + "'context':{'locale':'de'}}",
            BROWSER);
    assertThat(event.type()).isEqualTo(EventType.TRACK);
    assertThat(event.name()).isEqualTo("Order Completed");
    assertThat(event.messageId()).isEqualTo("m1");
    assertThat(event.message()).isEqualTo(ids.message("shop", "m1"));
    assertThat(event.site()).isEqualTo("shop");
    assertThat(event.at()).isEqualTo(NOW - 60_000);
    assertThat(event.receivedAt()).isEqualTo(NOW);
    assertThat(event.subject().device()).isEqualTo(ids.device("shop", "a"));
    assertThat(event.subject().anonymousId()).isEqualTo("a");
    assertThat(event.subject().user()).isNull();
    assertThat(event.object("properties")).containsEntry("total", 9.5);
    assertThat(event.object("context"))
        .containsEntry("locale", "de")
        .containsEntry("userAgent", "Firefox");
    assertThat(event.flags()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "page, page",
    "screen, screen",
    "identify, identify",
    "group, group",
    "alias, alias",
    "track, Signed Up",
  })
  void parse_everyType_isNamedAfterItOrItsEvent(String type, String name) {
    var call =
        "{'type':'%s','event':'Signed Up','userId':'u','anonymousId':'a','groupId':'g','previousId':'p','name':'Home'}"
            .formatted(type);
    var event = event(call, SERVER);
    assertThat(event.type().key()).isEqualTo(type);
    assertThat(event.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @EnumSource(EventType.class)
  void parse_typeInThePath_outweighsTheBody(EventType type) {
    var call = json("{'type':'page','event':'e','userId':'u','groupId':'g','previousId':'p'}");
    assertThat(event(parser.parse(call, type, SERVER, "made-up")).type()).isEqualTo(type);
    var bare = json("{'event':'e','userId':'u','groupId':'g','previousId':'p'}");
    assertThat(event(parser.parse(bare, type, SERVER, "made-up")).type()).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown_type      | {'anonymousId':'a'}",
        "unknown_type      | {'type':'Track','anonymousId':'a'}",
        "unknown_type      | {'type':7,'anonymousId':'a'}",
        "missing_event     | {'type':'track','anonymousId':'a'}",
        "missing_event     | {'type':'track','anonymousId':'a','event':'  '}",
        "missing_event     | {'type':'track','anonymousId':'a','event':{'name':'x'}}",
        "missing_groupid   | {'type':'group','anonymousId':'a'}",
        "missing_previousid| {'type':'alias','userId':'u','anonymousId':'a'}",
        "missing_userid    | {'type':'alias','previousId':'p','anonymousId':'a'}",
        "no_identity       | {'type':'page'}",
        "no_identity       | {'type':'page','anonymousId':' ','userId':''}",
        "no_identity       | {'type':'page','context':{'consent':{'categoryPreferences':{'analytics':true}}}}",
        "unverified_user   | {'type':'page','userId':'u'}",
        "wrong_type        | {'type':'page','anonymousId':'a','properties':'none'}",
        "wrong_type        | {'type':'page','anonymousId':'a','context':[1]}",
        "wrong_type        | {'type':'page','anonymousId':'a','traits':7}",
        "wrong_type        | {'type':'page','anonymousId':'a','integrations':true}",
        "wrong_type        | {'type':'page','anonymousId':{'id':'a'}}",
        "wrong_type        | {'type':'page','anonymousId':1.5}",
        "wrong_type        | {'type':'page','anonymousId':'a','userId':['u']}",
        "wrong_type        | {'type':'page','anonymousId':'a','messageId':false}",
        "bad_timestamp     | {'type':'page','anonymousId':'a','timestamp':'soon'}",
        "bad_timestamp     | {'type':'page','anonymousId':'a','originalTimestamp':true}",
      })
  void parse_noEvent_isRejectedWithItsReason(String reason, String call) {
    assertThat(rejected(call, BROWSER).reason()).isEqualTo(reason);
  }

  @Test
  void parse_tooLong_isRejectedNamingTheField() {
    var id = "x".repeat(513);
    for (var field : List.of("anonymousId", "userId", "messageId")) {
      var call = "{'type':'page','anonymousId':'a','" + field + "':'" + id + "'}";
      assertThat(rejected(call.replaceFirst("'anonymousId':'a',(?='anonymousId)", ""), BROWSER))
          .satisfies(r -> assertThat(r.reason()).isEqualTo("too_long"))
          .satisfies(r -> assertThat(r.detail()).contains(field).doesNotContain(id));
    }
    var event = "{'type':'track','anonymousId':'a','event':'" + "e".repeat(257) + "'}";
    assertThat(rejected(event, BROWSER).reason()).isEqualTo("too_long");
  }

  @Test
  void parse_rejected_saysWhichMessageItWas() {
    assertThat(rejected("{'type':'?','messageId':'m9'}", BROWSER).messageId()).isEqualTo("m9");
    assertThat(rejected("{'type':'?','messageId':9}", BROWSER).messageId()).isEmpty();
  }

  @Test
  void parse_noMessageId_takesTheOneGiven() {
    for (var call :
        List.of(
            "{'type':'page','anonymousId':'a'}",
            "{'type':'page','anonymousId':'a','messageId':null}",
            "{'type':'page','anonymousId':'a','messageId':' '}")) {
      assertThat(EventParser.bringsId(json(call))).isFalse();
      assertThat(event(call, BROWSER).messageId()).isEqualTo("made-up");
    }
    var numbered = "{'type':'page','anonymousId':'a','messageId':77}";
    assertThat(EventParser.bringsId(json(numbered))).isTrue();
    assertThat(event(numbered, BROWSER).messageId()).isEqualTo("77");
  }

  @Test
  void parse_numericIds_areReadAsText() {
    var subject = event("{'type':'identify','anonymousId':1,'userId':2}", SERVER).subject();
    assertThat(subject.device()).isEqualTo(ids.device("shop", "1"));
    assertThat(subject.user()).isEqualTo(ids.user("shop", "2"));
  }

  @Test
  void parse_untrustedUserId_isKeptButJoinsNothing() {
    var event = event("{'type':'identify','anonymousId':'a','userId':'u'}", BROWSER);
    assertThat(event.subject().user()).isNull();
    assertThat(event.subject().userId()).isEqualTo("u");
    assertThat(event.flags()).containsExactly("unverified");
  }

  @Test
  void parse_trustedUserId_isAKey() {
    var event = event("{'type':'identify','anonymousId':'a','userId':'u'}", SERVER);
    assertThat(event.subject().user()).isEqualTo(ids.user("shop", "u"));
    assertThat(event.flags()).isEmpty();
    var alone = event("{'type':'track','event':'e','userId':'u'}", SERVER).subject();
    assertThat(alone.device()).isNull();
    assertThat(alone.keys()).containsOnly(null, ids.user("shop", "u"));
  }

  @Test
  void parse_cookieAndAnotherAnonymousId_areTwoDevices() {
    var cookie = new Arrival("shop", false, NOW, null, "c", "", "", "", false);
    var both = event("{'type':'page','anonymousId':'a'}", cookie).subject();
    assertThat(both.device()).isEqualTo(ids.device("shop", "a"));
    assertThat(both.otherDevice()).isEqualTo(ids.device("shop", "c"));
    var same = event("{'type':'page','anonymousId':'c'}", cookie).subject();
    assertThat(same.device()).isEqualTo(ids.device("shop", "c"));
    assertThat(same.otherDevice()).isNull();
    var only = event("{'type':'page'}", cookie).subject();
    assertThat(only.device()).isEqualTo(ids.device("shop", "c"));
    assertThat(only.anonymousId()).isEqualTo("c");
    assertThat(only.otherDevice()).isNull();
  }

  @Test
  void parse_alias_retiresItsPreviousIdOnlyWhereTrusted() {
    var call = "{'type':'alias','anonymousId':'a','userId':'u','previousId':'p'}";
    assertThat(event(call, SERVER).subject().previous()).isEqualTo(ids.device("shop", "p"));
    assertThat(event(call, BROWSER).subject().previous()).isNull();
    var track = "{'type':'track','event':'e','userId':'u','previousId':'p'}";
    assertThat(event(track, SERVER).subject().previous()).isNull();
  }

  @Test
  void parse_nobodyWhoDeniesConsent_isAnEventToCount() {
    var denied = "'context':{'consent':{'categoryPreferences':{'analytics':false}}}";
    assertThat(event("{'type':'page'," + denied + "}", BROWSER).flags())
        .containsExactlyInAnyOrder("nobody", "denied");
    assertThat(event("{'type':'page','userId':'u'," + denied + "}", BROWSER).flags())
        .contains("nobody", "denied");
    assertThat(event("{'type':'page','anonymousId':'a'," + denied + "}", BROWSER).flags())
        .containsExactly("denied");
  }

  @Test
  void parse_otherSite_hasOtherKeys() {
    var other = new Arrival("blog", false, NOW, null, null, "", "", "", false);
    var call = "{'type':'page','anonymousId':'a','messageId':'m'}";
    assertThat(event(call, other).subject().device())
        .isNotEqualTo(event(call, BROWSER).subject().device());
    assertThat(event(call, other).message()).isNotEqualTo(event(call, BROWSER).message());
  }

  @Test
  void parse_botOrPrefetch_isMarked() {
    var call = "{'type':'page','anonymousId':'a'}";
    var bot = new Arrival("shop", false, NOW, null, null, "Googlebot/2.1", "", "", false);
    assertThat(event(call, bot).flags()).containsExactly("bot");
    var prefetch = new Arrival("shop", false, NOW, null, null, "Firefox", "", "", true);
    assertThat(event(call, prefetch).flags()).containsExactly("bot");
    var own = "{'type':'page','anonymousId':'a','context':{'userAgent':'Googlebot/2.1'}}";
    assertThat(event(own, SERVER).flags()).containsExactly("bot");
    var relayed = "{'type':'page','anonymousId':'a','context':{'userAgent':'Safari'}}";
    assertThat(event(relayed, bot).flags()).as("the call knows its visitor better").isEmpty();
  }

  @Test
  void parse_sentAtOfTheBatch_correctsTheClockUnlessTheCallHasItsOwn() {
    var skewed = new Arrival("shop", false, NOW, "2026-11-23T10:00:00Z", null, "", "", "", false);
    assertThat(
            event("{'type':'page','anonymousId':'a','timestamp':'2026-11-23T09:59:30Z'}", skewed))
        .satisfies(e -> assertThat(e.at()).isEqualTo(NOW - 30_000))
        .satisfies(e -> assertThat(e.flags()).isEmpty());
    assertThat(
            event(
                    "{'type':'page','anonymousId':'a','timestamp':'2026-11-22T09:59:30Z','sentAt':'2026-11-22T10:00:00Z'}",
                    skewed)
                .at())
        .isEqualTo(NOW - 30_000);
  }

  @Test
  void parse_originalTimestamp_outweighsTimestamp() {
    var call =
        "{'type':'page','anonymousId':'a','originalTimestamp':'2026-11-22T09:00:00Z','timestamp':'2026-11-22T09:30:00Z'}";
    assertThat(event(call, BROWSER).at()).isEqualTo(NOW - 3_600_000);
  }

  @Test
  void parse_wrongClock_isMarked() {
    assertThat(
            event("{'type':'page','anonymousId':'a','timestamp':'2027-01-01T00:00:00Z'}", BROWSER))
        .satisfies(e -> assertThat(e.at()).isEqualTo(NOW))
        .satisfies(e -> assertThat(e.flags()).containsExactly("clamped"));
    assertThat(
            event("{'type':'page','anonymousId':'a','timestamp':'2026-10-01T00:00:00Z'}", BROWSER)
                .flags())
        .containsExactly("late");
  }

  @Test
  void parse_emptyListForAnObject_isAnEmptyObject() {
    var event = event("{'type':'page','anonymousId':'a','properties':[],'context':[]}", BROWSER);
    assertThat(event.object("properties")).isEmpty();
    assertThat(event.fields()).doesNotContainKey("properties");
    assertThat(event.object("context")).containsEntry("userAgent", "Firefox");
  }

  @Test
  void parse_place_isAddedToTheContext() {
    var placed = new Arrival("shop", false, NOW, null, null, "", "DE", "BE", false);
    assertThat(event("{'type':'page','anonymousId':'a'}", placed).object("context"))
        .containsEntry("geo", Map.of("country", "DE", "region", "BE"));
  }

  @Test
  void about_anything_namesWhoeverCanBeTold() {
    var cookie = new Arrival("shop", false, NOW, null, "c", "", "", "", false);
    assertThat(parser.about(json("{'anonymousId':'a','userId':'u'}"), cookie))
        .containsExactly(ids.device("shop", "a"), ids.device("shop", "c"), ids.user("shop", "u"));
    assertThat(parser.about(json("{'anonymousId':[],'userId':7}"), BROWSER)).isEmpty();
  }

  /** Every documented payload is an event once it says whose it is. */
  @Test
  @Tag("real-data")
  void parse_documentedPayloads_areAllEvents() {
    int seen = 0;
    for (var entry : RealData.objects("tracking-payloads/segment_spec_examples.json", "payloads")) {
      @SuppressWarnings("unchecked")
      var call = new LinkedHashMap<>((Map<String, Object>) entry.get("payload"));
      call.putIfAbsent("anonymousId", "someone");
      var type = EventType.of(call.getOrDefault("type", call.getOrDefault("action", "track")));
      event(parser.parse(call, type, BROWSER, "made-up"));
      seen++;
    }
    for (var entry : RealData.objects("tracking-payloads/segment_call_examples.json", "calls")) {
      event(parser.parse(call(entry), null, BROWSER, "made-up"));
      seen++;
    }
    assertThat(seen).isGreaterThan(50);
  }

  /** What analytics.js makes of {@code analytics.identify(id?, traits)} and its kin. */
  private static Map<String, Object> call(Map<String, Object> entry) {
    var method = String.valueOf(entry.get("method"));
    var texts = new ArrayList<String>();
    Object object = null;
    for (var arg : (List<?>) entry.getOrDefault("args", List.of())) {
      if (arg instanceof String text) {
        texts.add(text);
      } else {
        object = arg;
      }
    }
    var call = new LinkedHashMap<String, @Nullable Object>();
    call.put("type", method);
    call.put("anonymousId", "someone");
    call.put(method.equals("identify") || method.equals("group") ? "traits" : "properties", object);
    if (!texts.isEmpty()) {
      call.put(
          switch (method) {
            case "track" -> "event";
            case "identify", "alias" -> "userId";
            case "group" -> "groupId";
            default -> "name";
          },
          texts.getLast());
    }
    @SuppressWarnings("NullAway") // a JSON null is a null value
    Map<String, Object> result = call;
    return result;
  }
}
