package io.marquetry.experimentation;

import io.marquetry.experimentation.core.Bandit;
import io.marquetry.experimentation.core.Epoch;
import io.marquetry.experimentation.core.Exposure;
import io.marquetry.experimentation.core.ShareCheck;
import io.marquetry.experimentation.core.ShareCheck.Lots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once an epoch whether every bandit's arms came as often as their lots say.
 *
 * <p>An alarm stands for a day; the check begins anew with it, so that a fault that lasts raises it
 * again and one that was mended does not. What was seen since the last epoch on record is lost with
 * the process, whatever it was.
 */
final class ShareChecks {
  private static final Logger LOG = LoggerFactory.getLogger(ShareChecks.class);
  private static final int MOST_TABLES = 1_000;
  private static final long STANDS = Duration.ofDays(1).toMillis();

  private final Map<String, ShareCheck> checks = new HashMap<>();
  private final Map<String, Alarm> raised = new HashMap<>();

  /** What came since the last look, by bandit and by the chances there were. */
  private final Map<String, Map<Map<String, Double>, Map<String, Long>>> fresh = new HashMap<>();

  private long alarms;

  /**
   * What was found.
   *
   * @param at milliseconds since the epoch
   */
  record Alarm(long at, String text) {}

  /** Goes on from what is on record. */
  void load(Epoch epoch) {
    checks.put(epoch.table().bandit(), epoch.check());
  }

  /** Takes in visitors who were never shown anything by that bandit before. */
  void take(List<Exposure> newcomers) {
    for (var exposure : newcomers) {
      var tables = fresh.computeIfAbsent(exposure.bandit(), first -> new LinkedHashMap<>());
      if (tables.size() < MOST_TABLES || tables.containsKey(exposure.chances())) {
        tables
            .computeIfAbsent(exposure.chances(), first -> new HashMap<>())
            .merge(exposure.arm(), 1L, Long::sum);
      }
    }
  }

  /** Looks at what came; for a bandit that got other arms the check begins anew. */
  ShareCheck look(Bandit bandit, boolean changed, long now) {
    var key = bandit.key();
    var batch = new ArrayList<Lots>();
    fresh
        .getOrDefault(key, Map.of())
        .forEach((chances, shown) -> batch.add(new Lots(chances, shown)));
    fresh.remove(key);
    var check = changed ? ShareCheck.NONE : checks.getOrDefault(key, ShareCheck.NONE).after(batch);
    if (check.isAlarm()) {
      LOG.warn("the arms of {} do not come as their lots say: {}", key, check.text());
      raised.put(key, new Alarm(now, check.text()));
      alarms++;
      check = ShareCheck.NONE;
    }
    checks.put(key, check);
    return check;
  }

  ShareCheck check(String bandit) {
    return checks.getOrDefault(bandit, ShareCheck.NONE);
  }

  /** An alarm that still stands. */
  @Nullable Alarm alarm(String bandit, long now) {
    var alarm = raised.get(bandit);
    return alarm == null || now - alarm.at() >= STANDS ? null : alarm;
  }

  /** Raised since the start. */
  long alarms() {
    return alarms;
  }
}
