package io.marquetry.ingest;

import static io.marquetry.ingest.Beacons.page;
import static io.marquetry.ingest.Conditions.until;
import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DeadLetterMessage.GetDeadLetters;
import io.marquetry.bus.IngestMessage.GetCounts;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.kit.Ids;
import io.marquetry.postgres.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ingest keeps of a beacon, and of what is wrong with it, what consent allows. */
@Tag("postgres")
class IngestConsentTest {
  private static final Ids IDS = new Ids(IngestRig.SECRET);

  @RegisterExtension final RunningIngest ingest = new RunningIngest(this::log);
  private final Neighbours neighbours = ingest.neighbours;
  private final Beacons beacons = new Beacons();

  LogPlace log(Database database) {
    return new LogInPostgres(database);
  }

  @Test
  void accept_noConsent_isCountedAndLeavesNoTrace() {
    var beacon =
        beacons.acceptAt(
            "shut",
            page("canary-device", "canary-message"),
            page("canary-device", "canary-2"),
            "{'type':'track','event':'canary-event','userId':'canary-user'}",
            "{'type':'page','anonymousId':'canary','context':{'userAgent':'Googlebot'}}");
    assertThat(ingest.verdicts(beacon)).containsOnly(Verdict.AGGREGATED).hasSize(4);
    assertThat(await(ingest.rig.bus.ask(Addresses.COUNTS, new GetCounts("shut"))).byType())
        .isEqualTo(Map.of("page", 2L, "track", 1L, "bot", 1L));
    assertThat(ingest.stored()).isZero();
    for (var table : List.of("message_seen", "dead_letter")) {
      assertThat(ingest.count("select count(*) from " + table)).as(table).isZero();
    }
    assertThat(ingest.count("select count(*) from aggregate_count t where t::text like '%canary%'"))
        .isZero();
    assertThat(neighbours.applied()).isEmpty();
    assertThat(ingest.status().aggregated()).isEqualTo(4);
  }

  @Test
  void consent_changed_holdsForTheNextBeacon() {
    var record =
        new ConsentRecord(
            List.of(IDS.device("shop", "a")), "shop", Purposes.NONE, 1, 1, "api", true);
    await(neighbours.choose(record));
    assertThat(ingest.verdicts(beacons.accept(page("a", "m1"), page("b", "m2"))))
        .containsExactly(Verdict.AGGREGATED, Verdict.STORED);
  }

  @Test
  void apply_eventRestsOnAChoice_saysOnWhichSoThatOwnersWaitForIt() {
    var record =
        new ConsentRecord(
            List.of(IDS.device("shop", "a")), "shop", Purposes.ALL, 1, 1, "api", true);
    await(neighbours.choose(record));
    ingest.verdicts(beacons.accept(page("b", "m1")));
    assertThat(neighbours.restedOn()).as("the site's default").isZero();
    ingest.verdicts(beacons.accept(page("a", "m2")));
    assertThat(neighbours.restedOn()).isOne();
  }

  @Test
  void accept_wordOfConsentLate_isToldToComeAgainInsteadOfCounted() {
    neighbours.silence(true);
    var late = new ArrayList<Refused>();
    until(
        () -> {
          await(
              ingest
                  .send(beacons.accept(page("a", "m")))
                  .map(true)
                  .otherwise(cause -> cause instanceof Refused refused && late.add(refused)));
          return !late.isEmpty();
        });
    assertThat(late.getFirst().reason()).isEqualTo(Refused.Reason.UNAVAILABLE);
    assertThat(late.getFirst()).hasMessageContaining("consent");

    neighbours.silence(false);
    until(() -> await(ingest.send(beacons.accept(page("a", "m1"))).map(true).otherwise(false)));
    assertThat(ingest.stored()).isEqualTo(2);
    assertThat(ingest.status().aggregated()).isZero();
  }

  /** The answer to a change means: nothing that rests on the older consent is under way. */
  @Test
  void consent_changed_isConfirmedWhenWorkUnderWayIsThrough() {
    neighbours.hold();
    var before = ingest.send(beacons.accept(page("a", "m1")));
    until(() -> neighbours.applications() == 1);
    var record =
        new ConsentRecord(
            List.of(IDS.device("shop", "a")), "shop", Purposes.NONE, 1, 1, "api", true);
    var confirmed = neighbours.choose(record);
    var after = ingest.send(beacons.accept(page("a", "m2")));
    assertThat(await(after).verdicts()).as("judged anew").containsExactly(Verdict.AGGREGATED);
    assertThat(confirmed.isComplete()).isFalse();
    neighbours.letGo();
    await(confirmed);
    assertThat(neighbours.applied()).containsExactly("m1");
    assertThat(await(before).verdicts()).containsExactly(Verdict.STORED);
  }

  @Test
  void deadLetter_consentAllows_keepsWhatWasSentElseNot() {
    var bad = "{'type':'track','anonymousId':'canary','messageId':'m9'}";
    ingest.verdicts(beacons.acceptAt("shop", bad));
    ingest.verdicts(beacons.acceptAt("shut", bad));
    assertThat(
            ingest.count(
                "select count(*) from dead_letter where site = 'shop' and payload like '%canary%'"))
        .isEqualTo(1);
    assertThat(
            ingest.count(
                "select count(*) from dead_letter where site = 'shut' and reason = 'missing_event'"
                    + " and message_id = 'm9' and payload = ''"))
        .isEqualTo(1);
    ingest.verdicts(beacons.acceptAt("shop", "{'type':'track','event':'canary'}"));
    assertThat(
            ingest.count(
                "select count(*) from dead_letter where reason = 'no_identity' and payload = ''"))
        .as("of nobody who could have allowed it")
        .isEqualTo(1);
    assertThat(ingest.status().deadLetters()).isEqualTo(3);
  }

  @Test
  void deadLetters_asked_areListedNewestFirst() {
    ingest.verdicts(
        beacons.acceptAt("shop", "{'type':'track','anonymousId':'a','messageId':'m1'}"));
    ingest.verdicts(beacons.acceptAt("shut", "{'type':'page','messageId':'m2'}"));
    ingest.verdicts(
        beacons.acceptAt("shop", "{'type':'group','anonymousId':'a','messageId':'m3'}"));
    assertThat(letters(null, 10)).containsExactly("m3", "m2", "m1");
    assertThat(letters("shop", 10)).containsExactly("m3", "m1");
    assertThat(letters("shop", 1)).containsExactly("m3");
    assertThat(letters("blog", 10)).isEmpty();
  }

  private List<String> letters(@Nullable String site, int limit) {
    var asked = ingest.rig.bus.ask(Addresses.DEAD_LETTERS, new GetDeadLetters(site, limit));
    return await(asked).letters().stream().map(one -> one.letter().messageId()).toList();
  }
}
