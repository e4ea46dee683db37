package io.marquetry.experimentation;

import io.marquetry.bus.DecisioningMessage.AllocationTable;
import io.marquetry.bus.DecisioningMessage.Allocations;
import io.marquetry.experimentation.core.Allocator;
import io.marquetry.experimentation.core.Bandit;
import io.marquetry.experimentation.core.Epoch;
import io.marquetry.experimentation.core.Evidence;
import io.marquetry.experimentation.core.Knowledge;
import io.marquetry.experimentation.core.ShareCheck;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The epochs of all bandits: each has a table, and when its time is over gets the next.
 *
 * <p>A table is published after it is stored, so that no decision was ever made by one that is not
 * on record. Working one out takes milliseconds, so it is done beside the event loop.
 */
final class Epochs {
  private static final Logger LOG = LoggerFactory.getLogger(Epochs.class);
  private static final double HOUR = Duration.ofHours(1).toMillis();

  private final Vertx vertx;
  private final PgBanditStore store;
  private final Consumer<Allocations> publish;
  private final long grace;
  private final ShareChecks checks;
  private final Map<String, Epoch> latest = new HashMap<>();

  /** When an epoch went on because there was nothing new. */
  private final Map<String, Long> prolonged = new HashMap<>();

  private Map<String, Bandit> bandits = Map.of();
  private long closed;
  private long alarms;

  /**
   * @param checks looks once an epoch whether arms came as they should
   * @param publish is told of every new table
   * @param grace how long after its window an exposure waits, milliseconds
   */
  Epochs(
      Vertx vertx,
      PgBanditStore store,
      ShareChecks checks,
      Consumer<Allocations> publish,
      long grace) {
    this.vertx = vertx;
    this.store = store;
    this.checks = checks;
    this.publish = publish;
    this.grace = grace;
  }

  void load(List<Epoch> stored) {
    stored.forEach(epoch -> latest.put(epoch.table().bandit(), epoch));
    stored.forEach(checks::load);
  }

  Map<String, Bandit> bandits() {
    return bandits;
  }

  @Nullable Epoch latest(String bandit) {
    return latest.get(bandit);
  }

  /** Works by these from here on; those that have no table that fits get one by {@link #turn}. */
  void define(Map<String, Bandit> defined) {
    bandits = Map.copyOf(defined);
  }

  /** The tables of all bandits there are. */
  Allocations tables() {
    var tables = new ArrayList<AllocationTable>();
    for (var bandit : bandits.values()) {
      var epoch = latest.get(bandit.key());
      if (epoch != null && bandit.fits(epoch.table())) {
        tables.add(epoch.table());
      }
    }
    return new Allocations(tables);
  }

  /**
   * Closes the epochs whose time is over; one after the other.
   *
   * @param now milliseconds since the epoch
   * @param through rewards up to this time are known
   */
  Future<Void> turn(long now, long through) {
    Future<Void> done = Future.succeededFuture();
    for (var bandit : List.copyOf(bandits.values())) {
      var cause = cause(bandit, now);
      if (cause != null) {
        done = done.compose(before -> close(bandit, cause, now, through));
      }
    }
    return done;
  }

  private @Nullable String cause(Bandit bandit, long now) {
    var epoch = latest.get(bandit.key());
    if (epoch == null) {
      return "defined";
    }
    if (!bandit.fits(epoch.table())) {
      return "changed";
    }
    long since = Math.max(epoch.at(), prolonged.getOrDefault(bandit.key(), Long.MIN_VALUE));
    return now - since >= bandit.spec().epoch() ? "epoch" : null;
  }

  private Future<Void> close(Bandit bandit, String cause, long now, long through) {
    var before = latest.get(bandit.key());
    long number = before == null ? 0 : before.table().epoch() + 1;
    var check = checks.look(bandit, cause.equals("changed"), now);
    return store
        .close(
            bandit,
            Math.min(now, through) - grace,
            number,
            batch ->
                vertx.executeBlocking(() -> next(bandit, before, batch, check, cause, now), false))
        .onSuccess(epoch -> take(epoch, now))
        .recover(
            failure -> {
              LOG.warn("the epoch of {} goes on: {}", bandit.key(), failure.toString());
              return Future.failedFuture(failure);
            })
        .mapEmpty();
  }

  private static Epoch next(
      Bandit bandit,
      @Nullable Epoch before,
      Evidence batch,
      ShareCheck check,
      String cause,
      long now) {
    double hours = before == null ? 0 : Math.max(0, (now - before.at()) / HOUR);
    var next =
        new Allocator(bandit.spec(), bandit.arms())
            .next(
                before == null ? null : before.table(),
                before == null ? Knowledge.NONE : before.knowledge(),
                batch,
                hours);
    if (before != null
        && cause.equals("epoch")
        && batch.tallies().isEmpty()
        && next.rows().equals(before.table().rows())) {
      return before; // nobody came, nothing moves: a record of it would only take room
    }
    long number = before == null ? 0 : before.table().epoch() + 1;
    return new Epoch(
        new AllocationTable(bandit.key(), number, bandit.arms(), next.rows()),
        now,
        next.knowledge(),
        batch,
        next.alarms(),
        check,
        cause);
  }

  private void take(Epoch epoch, long now) {
    var before = latest.get(epoch.table().bandit());
    if (before != null && before.table().epoch() == epoch.table().epoch()) {
      prolonged.put(epoch.table().bandit(), now);
      return;
    }
    latest.put(epoch.table().bandit(), epoch);
    closed++;
    alarms += epoch.alarms().size();
    publish.accept(new Allocations(List.of(epoch.table())));
  }

  /** Epochs closed since the start. */
  long closed() {
    return closed;
  }

  /** Arms found to have changed since the start. */
  long alarms() {
    return alarms;
  }

  /** What is not as it should be with the arms of a bandit there is; null where nothing is. */
  @Nullable String fault(long now) {
    for (var key : bandits.keySet()) {
      var alarm = checks.alarm(key, now);
      if (alarm != null) {
        return "the arms of " + key + " do not come as their lots say: " + alarm.text();
      }
    }
    return null;
  }

  /** How the bandits stand, for people. */
  Map<String, Object> view(@Nullable String key, long now) {
    var views = new ArrayList<Map<String, Object>>();
    bandits.values().stream()
        .filter(bandit -> key == null || bandit.key().equals(key))
        .sorted(java.util.Comparator.comparing(Bandit::key))
        .forEach(
            bandit -> {
              var view = BanditViews.bandit(bandit, latest.get(bandit.key()));
              var alarm = checks.alarm(bandit.key(), now);
              view.put("lots", BanditViews.lots(checks.check(bandit.key()), alarm));
              views.add(view);
            });
    var body = new LinkedHashMap<String, Object>();
    body.put("bandits", views);
    return body;
  }
}
