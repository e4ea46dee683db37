package io.marquetry.decisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.Purposes;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecisionLogTest {
  private final List<List<DecisionRecord>> offered = new ArrayList<>();
  private final List<DecisionRecord> told = new ArrayList<>();
  private Promise<Void> under = Promise.promise();
  private final DecisionLog log =
      new DecisionLog(
          records -> {
            offered.add(records);
            under = Promise.promise();
            return under.future();
          },
          made -> told.addAll(made.decisions()),
          10,
          4);

  private static DecisionRecord decision(int number) {
    return new DecisionRecord(
        new Id128(0, number),
        number,
        "shop",
        Mode.PERSONALIZED,
        new Id128(9, number),
        "home",
        List.of(),
        Map.of("visits", 3),
        7,
        "v1",
        5);
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      log.add(decision(i));
    }
  }

  @Test
  void turn_fewDecisions_goOutTogether() {
    add(3);
    assertThat(offered).isEmpty();
    log.turn();
    assertThat(offered).hasSize(1);
    assertThat(offered.getFirst()).hasSize(3);
    assertThat(told).hasSize(3);
  }

  @Test
  void add_fullBatches_someAreUnderWayAndTheNextFollowsWhenOneIsThrough() {
    add(3 * 4 + 5);
    assertThat(offered).extracting(List::size).containsExactly(4, 4, 4);
    under.complete();
    assertThat(offered).extracting(List::size).containsExactly(4, 4, 4, 4);
    under.complete();
    assertThat(offered).hasSize(4);
    assertThat(log.waiting()).isEqualTo(1);
  }

  @Test
  void add_queueFull_shedsAndCounts() {
    add(3 * 4 + 10 + 3);
    assertThat(log.shed()).isEqualTo(3);
    assertThat(log.waiting()).isEqualTo(10);
  }

  @Test
  void add_storeRefuses_beginsNoOtherUntilThatIsTaken() {
    add(4);
    under.fail("no");
    add(5);
    assertThat(offered).hasSize(1);
    log.turn();
    assertThat(offered).hasSize(2).allMatch(records -> records.equals(offered.getFirst()));
    under.complete();
    assertThat(offered).extracting(List::size).containsExactly(4, 4, 4);
    assertThat(log.failing()).isFalse();
    assertThat(log.waiting()).isEqualTo(1);
  }

  @Test
  void add_oneOfSeveralRefused_beginsNoOtherBesideItAlthoughTheOthersAreTaken() {
    add(4);
    var first = under;
    add(4);
    first.fail("no");
    under.complete();
    assertThat(log.failing()).isTrue();
    log.turn();
    add(4);
    assertThat(offered).extracting(List::size).containsExactly(4, 4, 4);
    assertThat(offered.getLast()).isEqualTo(offered.getFirst());
    under.complete();
    assertThat(offered).hasSize(4);
    assertThat(log.failing()).isFalse();
  }

  @Test
  void turn_storeRefuses_offersTheSameAgainThenGivesUp() {
    add(2);
    for (int attempt = 1; attempt <= 5; attempt++) {
      log.turn();
      assertThat(offered).hasSize(attempt);
      assertThat(log.failing()).isEqualTo(attempt > 1);
      under.fail("no");
    }
    log.turn();
    assertThat(offered).hasSize(5);
    assertThat(offered).allMatch(records -> records.size() == 2);
    assertThat(told).hasSize(2);
    assertThat(log.lost()).isEqualTo(2);
    assertThat(log.waiting()).isZero();
  }

  @Test
  void turn_storeThrows_countsAsRefused() {
    var broken =
        new DecisionLog(
            records -> {
              throw new IllegalStateException("bug");
            },
            made -> {},
            10,
            4);
    broken.add(decision(1));
    broken.turn();
    assertThat(broken.waiting()).isEqualTo(1);
    assertThat(broken.failing()).isTrue();
  }

  @Test
  void flush_severalBatches_completesWithTheLast() {
    add(7);
    Future<Void> flushed = log.flush();
    under.complete();
    assertThat(flushed.isComplete()).isFalse();
    under.complete();
    assertThat(flushed.succeeded()).isTrue();
    assertThat(log.waiting()).isZero();
  }

  @Test
  void flush_storeRefuses_fails() {
    add(1);
    var flushed = log.flush();
    under.fail("no");
    assertThat(flushed.failed()).isTrue();
  }

  @Test
  void forget_withdrawn_takesThePersonOutOfWhatWaits() {
    add(3);
    log.turn();
    under.fail("no");
    add(2);
    var forgotten = log.forget(record(1, Purposes.NONE));
    assertThat(forgotten.succeeded()).isTrue();
    log.flush();
    under.complete();
    log.turn();
    under.complete();
    var written = new ArrayList<>(offered.get(1));
    written.addAll(offered.get(2));
    assertThat(written).hasSize(5);
    assertThat(written).filteredOn(one -> one.decision().low() == 1).hasSize(2);
    assertThat(written)
        .filteredOn(one -> one.decision().low() == 1)
        .allMatch(
            one -> one.profile() == null && one.signals().isEmpty() && one.consentVersion() == 0);
    assertThat(written)
        .filteredOn(one -> one.decision().low() != 1)
        .allMatch(one -> one.profile() != null && !one.signals().isEmpty());
  }

  @Test
  void forget_writeUnderWayThatFails_offersItAgainWithoutThePerson() {
    add(3);
    log.turn();
    var forgotten = log.forget(record(1, Purposes.NONE));
    assertThat(forgotten.isComplete()).isFalse();
    under.fail("no");
    assertThat(forgotten.succeeded()).isTrue();
    log.turn();
    assertThat(offered).hasSize(2);
    assertThat(offered.getLast())
        .hasSize(3)
        .allMatch(one -> (one.profile() == null) == (one.decision().low() == 1));
  }

  @Test
  void forget_granted_changesNothing() {
    add(3);
    assertThat(log.forget(record(1, Purposes.ALL)).succeeded()).isTrue();
    log.turn();
    assertThat(offered.getFirst()).allMatch(one -> one.profile() != null);
  }

  @Test
  void settled_writeUnderWay_waitsForItHoweverItEnds() {
    assertThat(log.settled().isComplete()).isTrue();
    add(1);
    log.turn();
    var settled = log.settled();
    assertThat(settled.isComplete()).isFalse();
    under.fail("no");
    assertThat(settled.succeeded()).isTrue();
  }

  private static ConsentRecord record(int number, Purposes purposes) {
    return new ConsentRecord(List.of(new Id128(9, number)), "shop", purposes, 8, 0, "banner", true);
  }
}
