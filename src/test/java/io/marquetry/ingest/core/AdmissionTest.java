package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.grant.ConsentView;
import io.marquetry.ingest.core.EventParser.Outcome;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final long NOW = 5_000;

  private final Ids ids = new Ids(SECRET);
  private final EventParser parser = new EventParser(new Ids(SECRET));
  private final ConsentView consent = new ConsentView();
  private final Admission admission = new Admission(consent);

  @BeforeEach
  void renew() {
    consent.renew(NOW);
    consent.setDefault("open", Purposes.ALL);
    consent.setDefault("shut", Purposes.NONE);
  }

  private Event event(String site, String call) {
    var arrival = new Arrival(site, true, 1, null, null, "", "", "", false);
    var json = Json.readOwn(call.replace('\'', '"'));
    return ((Outcome.Parsed) parser.parse(json, null, arrival, "m")).event();
  }

  private Verdict judge(Event event) {
    return admission.judge(new Incoming(event, new byte[0], false), NOW);
  }

  private void choose(Purposes purposes, long version, Id128... keys) {
    consent.put(new ConsentRecord(List.of(keys), "open", purposes, version, 1, "api", true));
  }

  @Test
  void judge_noChoiceOnRecord_isTheSitesDefault() {
    assertThat(judge(event("open", "{'type':'page','anonymousId':'a'}"))).isEqualTo(Verdict.STORED);
    assertThat(judge(event("shut", "{'type':'page','anonymousId':'a'}")))
        .isEqualTo(Verdict.AGGREGATED);
    assertThat(judge(event("unheard-of", "{'type':'page','anonymousId':'a'}")))
        .isEqualTo(Verdict.AGGREGATED);
  }

  @Test
  void judge_choiceOnRecord_outweighsTheDefault() {
    choose(Purposes.NONE, 1, ids.device("open", "a"));
    choose(Purposes.NONE.with(Purpose.ANALYTICS), 2, ids.device("shut", "a"));
    choose(Purposes.ALL.without(Purpose.ANALYTICS), 3, ids.device("open", "b"));
    assertThat(judge(event("open", "{'type':'page','anonymousId':'a'}")))
        .isEqualTo(Verdict.AGGREGATED);
    assertThat(judge(event("shut", "{'type':'page','anonymousId':'a'}"))).isEqualTo(Verdict.STORED);
    assertThat(judge(event("open", "{'type':'page','anonymousId':'b'}")))
        .isEqualTo(Verdict.AGGREGATED);
  }

  @Test
  void judge_refusalUnderAnyKey_counts() {
    choose(Purposes.ALL, 1, ids.device("open", "a"));
    choose(Purposes.NONE, 2, ids.user("open", "u"));
    assertThat(judge(event("open", "{'type':'page','anonymousId':'a'}"))).isEqualTo(Verdict.STORED);
    assertThat(judge(event("open", "{'type':'page','anonymousId':'a','userId':'u'}")))
        .isEqualTo(Verdict.AGGREGATED);
  }

  @Test
  void judge_botNobodyOrRefusalInTheEvent_isOnlyCounted() {
    choose(Purposes.ALL, 1, ids.device("open", "a"));
    var refusal =
        "{'type':'page','anonymousId':'a','context':{'consent':{'categoryPreferences':{'analytics':false}}}}";
    assertThat(judge(event("open", refusal))).isEqualTo(Verdict.AGGREGATED);
    assertThat(judge(event("open", refusal.replace("'anonymousId':'a',", ""))))
        .isEqualTo(Verdict.AGGREGATED);
    var bot = "{'type':'page','anonymousId':'a','context':{'userAgent':'Googlebot'}}";
    assertThat(judge(event("open", bot))).isEqualTo(Verdict.AGGREGATED);
  }

  @Test
  void judge_leaseRunOut_isOnlyCounted() {
    var incoming =
        new Incoming(event("open", "{'type':'page','anonymousId':'a'}"), new byte[0], false);
    long end = NOW + ConsentView.LEASE_MILLIS;
    assertThat(admission.judge(incoming, end)).isEqualTo(Verdict.STORED);
    assertThat(admission.judge(incoming, end + 1)).isEqualTo(Verdict.AGGREGATED);
  }

  @Test
  void mustWait_leaseRunOut_whereItHangsOnWhatIsOnRecord() {
    long late = NOW + ConsentView.LEASE_MILLIS + 1;
    var asks = accept(event("open", "{'type':'page','anonymousId':'a'}"));
    var refuses =
        accept(
            event(
                "open",
                "{'type':'page','anonymousId':'a','context':{'consent':{'categoryPreferences':"
                    + "{'analytics':false}}}}"));
    assertThat(admission.mustWait(asks, NOW)).isFalse();
    assertThat(admission.mustWait(asks, late)).isTrue();
    assertThat(new Admission(new ConsentView()).mustWait(asks, late))
        .as("consent was never heard of: only counted, as documented")
        .isFalse();
    assertThat(refuses.events().getFirst().event().is("denied")).isTrue();
    assertThat(admission.mustWait(refuses, late)).isFalse();
  }

  private static Accept accept(Event event) {
    return new Accept(List.of(new Incoming(event, new byte[0], false)), List.of());
  }

  @Test
  void countedAs_bot_isSetApart() {
    assertThat(Admission.countedAs(event("open", "{'type':'screen','anonymousId':'a'}")))
        .isEqualTo("screen");
    assertThat(
            Admission.countedAs(
                event(
                    "open",
                    "{'type':'page','anonymousId':'a','context':{'userAgent':'Googlebot'}}")))
        .isEqualTo("bot");
  }

  @Test
  void keep_visitorKnownToAllow_keepsWhatWasSent() {
    var allowed = letter(ids.device("open", "a"));
    assertThat(admission.keep(allowed, NOW)).isEqualTo(allowed);
    choose(Purposes.NONE, 1, ids.device("open", "a"));
    assertThat(admission.keep(allowed, NOW))
        .isEqualTo(allowed.withoutPayload())
        .satisfies(letter -> assertThat(letter.payload()).isEmpty());
  }

  @Test
  void keep_visitorUnknown_dropsWhatWasSent() {
    assertThat(admission.keep(letter(), NOW).payload()).isEmpty();
    assertThat(admission.keep(letter(), NOW).reason()).isEqualTo("no_identity");
    var stale = NOW + ConsentView.LEASE_MILLIS + 1;
    assertThat(admission.keep(letter(ids.device("open", "a")), stale).payload()).isEmpty();
  }

  private static DeadLetter letter(Id128... about) {
    return new DeadLetter(
        "open", "ingest", "no_identity", "why", "m", 1, List.of(about), "{\"secret\":1}");
  }
}
