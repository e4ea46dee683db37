package io.marquetry.segmentation;

import static io.marquetry.segmentation.LoggedPages.twice;
import static io.marquetry.segmentation.LoggedPages.visit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Refused;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.bus.SegmentationMessage.Tried;
import io.marquetry.kit.Id128;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Conditions are tried on a sample before they are saved. */
class TrialsTest {
  private static final Id128 ANNA = new Id128(1, 2);
  private static final Map<String, Object> NEVER = Map.of("flushEvery", "PT1H");
  private static final String TWENTY = "{'$did':{'event':'page','count':{'$gte':20}}}";

  private final Database database = TestPostgres.freshDatabase();

  @Test
  void preview_behaviourNobodyCounts_goesByTheLastEvents() {
    try (var rig = new SegmentationRig(database).with("twenty", TWENTY).start(1, NEVER)) {
      rig.apply(0, twice(30));
      rig.apply(visit(61, ANNA), visit(62, ANNA), visit(63, ANNA));

      var thrice = rig.tried("{'$did':{'event':'page','count':{'$gte':3}}}", 100);
      assertThat(thrice).isEqualTo(new Tried(31, 31, 1, 1, 1, List.of()));
      var some = rig.tried("{'visits':1}", 10);
      assertThat(some).isEqualTo(new Tried(31, 10, 10, 10, 10, List.of()));
      assertThatThrownBy(() -> rig.tried("{'$did':{'event':'page','often':3}}", 10))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.field()).startsWith("condition.$did"));
      rig.withdraw(ANNA);
      assertThat(rig.tried("{'$did':{'event':'page','count':{'$gte':3}}}", 100).holding()).isZero();
    }
  }

  @Test
  void preview_moreProfilesThanFit_samplesTheStore() {
    Map<String, Object> small = Map.of("flushEvery", "PT0.02S", "maxProfiles", 1_000);
    try (var rig = new SegmentationRig(database).start(1, small)) {
      var batch = new ArrayList<Resolved>();
      for (int i = 1; i <= 2_000; i++) {
        long id = i * 0x9E3779B97F4A7C15L;
        batch.add(visit(i, new Id128(id, i)));
        if (i % 4 == 0) {
          batch.add(visit(10_000 + i, new Id128(id, i)));
        }
      }
      batch.sort(Comparator.comparing(one -> one.logged().position()));
      rig.apply(0, batch);
      rig.awaitCheckpoint(12_000);
      rig.apply(visit(12_001, new Id128(1, 4))); // makes it drop what is stored
      rig.awaitCheckpoint(12_001);

      var all = rig.tried("{'$did':{'event':'page','count':{'$gte':2}}}", 10_000);
      assertThat(all).isEqualTo(new Tried(2_001, 2_000, 500, 500, 500, List.of()));
      var some = rig.tried("{'$did':{'event':'page','count':{'$gte':2}}}", 400);
      assertThat(some.tried()).isEqualTo(400);
      assertThat(some.holding()).isBetween(70, 130);
    }
  }
}
