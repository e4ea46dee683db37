package io.marquetry.ingest;

import static io.marquetry.ingest.Beacons.page;
import static io.marquetry.ingest.Conditions.until;
import static io.marquetry.ingest.IngestRig.await;
import static io.marquetry.ingest.RunningIngest.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Refused;
import io.marquetry.postgres.Database;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ingest makes up for what its neighbours did not take, and for what a restart left open. */
@Tag("postgres")
class IngestRecoveryTest {
  @RegisterExtension final RunningIngest ingest = new RunningIngest(this::log);
  private final Neighbours neighbours = ingest.neighbours;
  private final Beacons beacons = new Beacons();

  LogPlace log(Database database) {
    return new LogInPostgres(database);
  }

  @Test
  void application_fails_isMadeUpForInOrder() {
    ingest.verdicts(beacons.accept(page("a", "m0")));
    neighbours.failNextApplications(3);
    for (int i = 1; i <= 20; i++) {
      assertThat(ingest.verdicts(beacons.accept(page("a", "m" + i))))
          .containsExactly(Verdict.STORED);
    }
    until(() -> ingest.ping().state().equals("ready") && ingest.ping().lag() == 0);
    assertThat(neighbours.applied())
        .containsExactlyElementsOf(IntStream.rangeClosed(0, 20).mapToObj(i -> "m" + i).toList());
  }

  @Test
  void application_slow_isNotWaitedForButNotForgotten() {
    neighbours.hold();
    assertThat(ingest.verdicts(beacons.accept(page("a", "m1"))))
        .as("durable, which is what success means")
        .containsExactly(Verdict.STORED);
    assertThat(neighbours.applied()).isEmpty();
    assertThat(ingest.ping().lag()).isEqualTo(1);
    neighbours.letGo();
    until(() -> ingest.ping().lag() == 0);
    assertThat(neighbours.applied()).containsExactly("m1");
  }

  /** While the log is read to catch up, beacons go on coming in; none may fall between. */
  @Test
  void commits_duringCatchUp_areNeverPassedOver() {
    var random = new SplittableRandom(3);
    var all = new ArrayList<Future<Accepted>>();
    int sent = 0;
    for (int round = 0; round < 30; round++) {
      if (random.nextInt(3) == 0) {
        neighbours.failNextApplications(1);
      }
      for (int i = 0; i < 20; i++) {
        all.add(ingest.send(beacons.accept(page("d" + random.nextInt(9), "m" + sent++))));
      }
      await(all.get(random.nextInt(all.size())));
    }
    all.forEach(IngestRig::await);
    int expected = sent;
    until(() -> ingest.ping().state().equals("ready") && neighbours.applied().size() == expected);
    assertThat(neighbours.applied())
        .containsExactlyElementsOf(IntStream.range(0, sent).mapToObj(i -> "m" + i).toList());
  }

  @Test
  void application_moreWaitsThanMemoryShouldHold_isReadFromTheLogInstead() {
    neighbours.hold();
    var all = new ArrayList<Future<Accepted>>();
    int batches = Follower.MAX_QUEUED / 400 + 3;
    for (int i = 0; i < batches; i++) {
      all.add(ingest.send(beacons.pages("m" + i + "-", 400)));
    }
    all.forEach(IngestRig::await);
    until(() -> ingest.ping().state().equals("loading"));
    neighbours.letGo();
    until(() -> ingest.ping().state().equals("ready") && ingest.ping().lag() == 0);
    assertThat(new HashSet<>(neighbours.applied())).hasSize(batches * 400);
    assertThat(neighbours.positions())
        .isEqualTo(new ArrayList<>(new TreeSet<>(neighbours.positions())));
  }

  @Test
  void poison_isSetApartAndItsNeighboursApplied() {
    neighbours.poison("m2");
    assertThat(ingest.verdicts(beacons.accept(page("a", "m1"), page("a", "m2"), page("b", "m3"))))
        .containsOnly(Verdict.STORED);
    assertThat(neighbours.applied()).containsExactly("m1", "m3");
    assertThat(
            ingest.count(
                "select count(*) from dead_letter where stage = 'segmentation' and reason ="
                    + " 'poisoned' and message_id = 'm2' and payload = '' and detail like 'told to"
                    + " be poison%'"))
        .isEqualTo(1);
    assertThat(ingest.ping().state()).isEqualTo("ready");
  }

  @Test
  void restart_checkpointsBehind_appliesTheRestAgain() {
    ingest.verdicts(beacons.pages("m", 10));
    var positions = neighbours.positions();
    ingest.undeploy();
    neighbours.checkpoint(positions.get(6));
    int before = neighbours.applications();
    ingest.deploy();
    assertThat(neighbours.applications()).isGreaterThan(before);
    assertThat(neighbours.applied()).hasSize(10);
    assertThat(ingest.ping().state()).isEqualTo("ready");
    assertThat(ingest.status().applied()).isEqualTo(ingest.status().position());
  }

  @Test
  void restart_logLongerThanAPage_isAppliedWhole() {
    neighbours.failNextApplications(Integer.MAX_VALUE);
    for (int i = 0; i < 6; i++) {
      ingest.verdicts(beacons.pages("m" + i + "-", 400));
    }
    ingest.undeploy();
    neighbours.failNextApplications(0);
    ingest.deploy();
    assertThat(neighbours.applied()).hasSize(2_400).doesNotHaveDuplicates();
  }

  @Test
  void restart_damagedEntry_isPassedOver() {
    ingest.verdicts(beacons.accept(page("a", "m1")));
    ingest.undeploy();
    ingest.damage();
    ingest.deploy();
    assertThat(ingest.verdicts(beacons.accept(page("a", "m2")))).containsExactly(Verdict.STORED);
    assertThat(neighbours.applied()).containsExactly("m1", "m2");
  }

  @Test
  void stop_beaconsUnderWay_areAnsweredFirst() {
    var all =
        IntStream.range(0, 50)
            .mapToObj(i -> ingest.send(beacons.accept(page("a", "m" + i))))
            .toList();
    await(all.getFirst());
    ingest.undeploy();
    int kept = 0;
    for (var one : all) {
      if (one.succeeded()) {
        kept++;
      } else {
        assertThat(refusal(one).reason()).isEqualTo(Refused.Reason.UNAVAILABLE);
      }
    }
    assertThat(ingest.stored()).isEqualTo(kept);
    assertThat(kept).isPositive();
  }
}
