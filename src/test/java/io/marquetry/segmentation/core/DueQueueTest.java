package io.marquetry.segmentation.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DueQueueTest {
  @Test
  void poll_anyHistory_givesOutExactlyWhatIsDue() {
    var random = new Random(7);
    var queue = new DueQueue();
    var profiles = new ArrayList<Profile>();
    for (int i = 0; i < 200; i++) {
      profiles.add(new Profile(new Id128(i, i), "demo"));
    }
    for (long now = 0; now < 2_000; now++) {
      for (int i = 0; i < 5; i++) {
        var profile = profiles.get(random.nextInt(profiles.size()));
        if (random.nextInt(10) == 0) {
          queue.remove(profile);
          profile.due = Trail.NEVER;
        } else {
          profile.due = now + 1 + random.nextInt(300);
          profile.foreseen = profile.due;
          queue.schedule(profile);
        }
      }
      for (var due = queue.poll(now); due != null; due = queue.poll(now)) {
        assertThat(due.due).isEqualTo(now);
        due.due = Trail.NEVER;
      }
      for (var profile : profiles) {
        assertThat(profile.due).isGreaterThan(now);
      }
      assertThat(queue.size()).isLessThanOrEqualTo(profiles.size());
    }
  }

  @Test
  void schedule_laterMoment_movesNothingUntilItSurfaces() {
    var queue = new DueQueue();
    var profile = new Profile(new Id128(1, 1), "demo");
    due(profile, 10);
    queue.schedule(profile);
    due(profile, 20);
    queue.schedule(profile);

    assertThat(queue.next()).isEqualTo(10);
    assertThat(queue.poll(10)).isNull();
    assertThat(queue.next()).isEqualTo(20);
    assertThat(queue.poll(20)).isSameAs(profile);
  }

  private static void due(Profile profile, long at) {
    profile.due = at;
    profile.foreseen = at;
  }

  @Test
  void poll_dueThatWasNotForeseen_comesUpBeforehandAndThenAgain() {
    var queue = new DueQueue();
    var profile = new Profile(new Id128(1, 1), "demo");
    profile.due = 10_000;
    queue.schedule(profile);

    assertThat(queue.poll(10_000 - DueQueue.LEAD - 1)).isNull();
    assertThat(queue.poll(10_000 - DueQueue.LEAD)).isSameAs(profile);
    profile.foreseen = profile.due;
    queue.schedule(profile);
    assertThat(queue.poll(9_999)).isNull();
    assertThat(queue.poll(10_000)).isSameAs(profile);
  }
}
