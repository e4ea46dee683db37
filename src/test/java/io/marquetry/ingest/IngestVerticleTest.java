package io.marquetry.ingest;

import static io.marquetry.ingest.Beacons.page;
import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IdentityMessage.Merge;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.kit.Ids;
import io.marquetry.kit.Shards;
import io.marquetry.postgres.Database;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ingest on a real bus and a real PostgreSQL, among neighbours that only keep to the contract. */
@Tag("postgres")
class IngestVerticleTest {
  private static final Ids IDS = new Ids(IngestRig.SECRET);

  @RegisterExtension final RunningIngest ingest = new RunningIngest(this::log);
  private final Neighbours neighbours = ingest.neighbours;
  private final Beacons beacons = new Beacons();

  LogPlace log(Database database) {
    return new LogInPostgres(database);
  }

  @Test
  void accept_events_areDurableAndAppliedBeforeTheAnswer() {
    assertThat(ingest.verdicts(beacons.accept(page("a", "m1"), page("b", "m2"))))
        .containsExactly(Verdict.STORED, Verdict.STORED);
    assertThat(ingest.stored()).isEqualTo(2);
    assertThat(neighbours.applied()).containsExactly("m1", "m2");
    assertThat(ingest.status().stored()).isEqualTo(2);
    assertThat(ingest.status().applied()).isEqualTo(ingest.status().position());
    assertThat(ingest.ping().state()).isEqualTo("ready");
    assertThat(ingest.ping().lag()).isZero();
  }

  @Test
  void accept_manyAtOnce_areAppliedInTheOrderOfTheLog() {
    var all = new ArrayList<Future<Accepted>>();
    for (int i = 0; i < 200; i++) {
      all.add(ingest.send(beacons.accept(page("d" + i % 7, "m" + i))));
    }
    all.forEach(IngestRig::await);
    assertThat(neighbours.applied()).hasSize(200).doesNotHaveDuplicates();
    assertThat(neighbours.applied())
        .containsExactlyElementsOf(IntStream.range(0, 200).mapToObj(i -> "m" + i).toList());
    assertThat(neighbours.applications())
        .as("beacons that come together are committed and applied together")
        .isLessThan(200);
  }

  @Test
  void accept_sameBeaconTenTimesAtOnce_isStoredOnce() {
    var beacon = beacons.accept(page("a", "m1"), page("a", "m2"));
    var all = IntStream.range(0, 10).mapToObj(i -> ingest.send(beacon)).toList();
    var verdicts = all.stream().flatMap(one -> await(one).verdicts().stream()).toList();
    assertThat(verdicts.stream().filter(Verdict.STORED::equals)).hasSize(2);
    assertThat(verdicts.stream().filter(Verdict.DUPLICATE::equals)).hasSize(18);
    assertThat(ingest.stored()).isEqualTo(2);
    assertThat(neighbours.applied()).containsExactly("m1", "m2");
    assertThat(ingest.status().duplicates()).isEqualTo(18);
  }

  @Test
  void accept_knownBeforeARestart_isADuplicate() {
    ingest.verdicts(beacons.accept(page("a", "m1")));
    ingest.undeploy();
    ingest.deploy();
    assertThat(ingest.verdicts(beacons.accept(page("a", "m1"), page("a", "m2"), page("a", "m2"))))
        .containsExactly(Verdict.DUPLICATE, Verdict.STORED, Verdict.DUPLICATE);
    assertThat(ingest.stored()).isEqualTo(2);
  }

  @Test
  void accept_nothing_isAnswered() {
    assertThat(ingest.verdicts(new Accept(List.of(), List.of()))).isEmpty();
  }

  @Test
  void merge_betweenTwoEvents_movesStateBetweenTheirApplications() {
    var loser = IDS.device("shop", "a");
    var winner = IDS.user("shop", "u");
    int from = Shards.owner(loser, RunningIngest.OWNERS);
    int into = Shards.owner(winner, RunningIngest.OWNERS);
    neighbours.mergeAt(
        logged ->
            logged.event().messageId().equals("m2")
                ? new Merge(logged.position(), loser, winner, "identify")
                : null);
    ingest.verdicts(
        beacons.accept(
            page("a", "m1"),
            "{'type':'identify','anonymousId':'a','userId':'u','messageId':'m2'}",
            "{'type':'page','userId':'u','messageId':'m3'}"));
    assertThat(neighbours.deeds())
        .containsExactly(
            "apply m1 at " + from,
            "release at " + from,
            "adopt " + loser + " at " + into,
            "apply m2 at " + into,
            "apply m3 at " + into);
  }
}
