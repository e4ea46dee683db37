package io.marquetry.segmentation;

import static io.marquetry.segmentation.LoggedPages.twice;
import static io.marquetry.segmentation.LoggedPages.visit;
import static io.marquetry.segmentation.SegmentationRig.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.kit.Id128;
import io.marquetry.postgres.Database;
import io.marquetry.segmentation.core.Visits;
import io.marquetry.testkit.TestPostgres;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Behaviours that are defined later get their past from the log. */
class SegmentationBackfillTest {
  private static final Id128 ANNA = new Id128(1, 2);
  private static final Map<String, Object> SOON = Map.of("flushEvery", "PT0.02S");
  private static final Map<String, Object> NEVER = Map.of("flushEvery", "PT1H");
  private static final String PAGES = "{'$did':{'event':'page','count':{'$gte':2}}}";

  private final Database database = TestPostgres.freshDatabase();

  @Test
  void backfill_behaviourDefinedLater_isCountedFromTheLog() {
    try (var rig = new SegmentationRig(database).start(1, SOON)) {
      rig.apply(0, twice(600));
      assertThat(rig.reads()).isZero();

      rig.define("pages", PAGES);

      assertThat(rig.members("pages").size()).isEqualTo(600);
      assertThat(rig.reads()).isPositive();
      int reads = rig.reads();
      rig.define("pages", PAGES, "other", "{'traits.x':1}", "same", PAGES);
      assertThat(rig.reads()).isEqualTo(reads); // what is counted is counted once for all
      assertThat(rig.members("same").size()).isEqualTo(600);
    }
  }

  @Test
  void backfill_restartsAgainAndAgain_comeToTheSame() {
    var log = twice(400);
    try (var first = new SegmentationRig(database).start(1, NEVER)) {
      first.apply(0, log);
      first.stop();
    }
    for (int i = 0; i < 3; i++) {
      // Stopped in the middle of filling in, or before it began, or after it was over.
      try (var rig = new SegmentationRig(database)) {
        log.forEach(event -> rig.withLogged(event));
        rig.slowReads(i < 2 ? 20 : 0).with("pages", PAGES).startOnly(1, SOON);
        rig.awaitReads(i);
        rig.stop();
      }
    }
    try (var rig = new SegmentationRig(database)) {
      log.forEach(event -> rig.withLogged(event));
      rig.with("pages", PAGES).start(1, SOON);

      assertThat(rig.members("pages").size()).isEqualTo(400);
      for (int i = 1; i <= 400; i += 57) {
        assertThat(rig.profile(new Id128(i, i * 64L), "events")).isEqualTo(2L);
      }
    }
  }

  @Test
  void backfill_moreProfilesThanFit_reachesThoseInTheStoreAlone() {
    Map<String, Object> small = Map.of("flushEvery", "PT0.02S", "maxProfiles", 1_000);
    try (var rig = new SegmentationRig(database).start(1, small)) {
      rig.apply(0, twice(2_000));
      rig.awaitCheckpoint(4_000);

      rig.define("pages", PAGES, "never", "{'$not':{'$did':{'event':'X'}}}");

      rig.awaitCounted();
      rig.awaitSize("pages", 2_000);
      rig.awaitSize("never", 2_000);
    }
  }

  @Test
  void backfill_logOutOfReach_segmentsWaitAsTheyWere() {
    try (var rig = new SegmentationRig(database).with("pages", PAGES).start(1, SOON)) {
      rig.apply(0, twice(10));
      rig.logFails(true);

      rig.define("pages", "{'$did':{'event':'page','count':{'$gte':3}}}");

      assertThat(rig.members("pages").size()).isEqualTo(10); // by the older condition
      rig.apply(visit(21, new Id128(99, 64)));
      rig.apply(visit(22, new Id128(99, 64)), visit(23, new Id128(99, 64)));
      rig.logFails(false);
      rig.awaitCounted();
      rig.awaitSize("pages", 1);
    }
  }

  @Test
  void backfill_slidingWindow_readsNoMoreOfTheLogThanItMayNeed() {
    try (var rig = new SegmentationRig(database).start(1, SOON)) {
      var old = new ArrayList<Resolved>();
      long longAgo = System.currentTimeMillis() - 40L * 24 * 3_600_000;
      for (int i = 1; i <= 5_000; i++) {
        old.add(at(i, new Id128(i, i * 64L), Visits.page("/", longAgo)));
      }
      rig.apply(0, old);
      rig.apply(visit(5_001, ANNA));

      rig.define("lately", "{'$did':{'event':'page','within':'P7D'}}");

      assertThat(rig.members("lately").size()).isOne();
      assertThat(rig.reads()).isLessThan(12);
    }
  }
}
