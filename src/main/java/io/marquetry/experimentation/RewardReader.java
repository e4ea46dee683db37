package io.marquetry.experimentation;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.IdentityMessage.Attribute;
import io.marquetry.bus.IdentityMessage.Attributed;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IngestMessage.GetLogStatus;
import io.marquetry.bus.IngestMessage.LogPage;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.IngestMessage.ReadLog;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.experimentation.core.Bandit;
import io.marquetry.experimentation.core.Won;
import io.marquetry.follow.ConsentFollower;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Finds rewards in the event log, behind a checkpoint of its own.
 *
 * <p>A visitor may have been shown something before they were known under today's profile, so a
 * reward is noted under every key that leads to the same person; which exposure it is of is settled
 * when the exposure's window is over. Of whom nothing personal may be kept now, nothing is noted.
 * Reading a page twice changes nothing.
 */
final class RewardReader {
  private static final int PAGES_A_TURN = 20;
  private static final int MOST_KEYS = 50;

  private final Bus bus;
  private final PgBanditStore store;
  private final ConsentFollower consent;
  private final InstantSource clock;
  private final int page;
  private long position = -1;
  private long through;
  private long rewards;

  RewardReader(
      Bus bus, PgBanditStore store, ConsentFollower consent, InstantSource clock, int page) {
    this.bus = bus;
    this.store = store;
    this.consent = consent;
    this.clock = clock;
    this.page = page;
  }

  /** Begins where an earlier run stopped; the first one at the end of the log. */
  void startAt(long checkpoint) {
    position = checkpoint;
  }

  /** Every event that was stored before this time, milliseconds since the epoch, was looked at. */
  long through() {
    return through;
  }

  /** Rewards found since the start. */
  long rewards() {
    return rewards;
  }

  /** Reads on, up to the end of the log or as far as one turn goes. */
  Future<Void> read(Map<String, Bandit> bandits) {
    if (position < 0 || bandits.isEmpty()) {
      long asked = clock.millis();
      return bus.ask(Addresses.LOG_STATUS, new GetLogStatus())
          .compose(
              status ->
                  status.position() <= position
                      ? Future.succeededFuture(status)
                      : store.reward(List.of(), status.position()).map(status))
          .onSuccess(status -> moveTo(Math.max(position, status.position()), asked))
          .mapEmpty();
    }
    return read(bandits, PAGES_A_TURN);
  }

  private void moveTo(long newer, long asOf) {
    position = newer;
    through = asOf;
  }

  private Future<Void> read(Map<String, Bandit> bandits, int pages) {
    long asked = clock.millis();
    return bus.ask(Addresses.READ_LOG, new ReadLog(position, page))
        .compose(
            read -> {
              if (read.through() <= position) {
                through = asked;
                return Future.succeededFuture();
              }
              return take(read, bandits.values())
                  .onSuccess(done -> position = read.through())
                  .compose(done -> pages > 1 ? read(bandits, pages - 1) : Future.succeededFuture());
            });
  }

  private Future<Void> take(LogPage read, Collection<Bandit> bandits) {
    var found =
        read.events().stream()
            .filter(logged -> !logged.event().is("bot"))
            .filter(logged -> Won.isAny(logged.event(), bandits))
            .toList();
    if (found.isEmpty()) {
      return store.reward(List.of(), read.through());
    }
    return bus.ask(Addresses.ATTRIBUTE, new Attribute(found, read.through()))
        .compose(attributed -> profiles(found, attributed))
        .compose(
            profiles -> {
              if (!consent.view().current(consent.now())) {
                throw new Refused(Reason.UNAVAILABLE, "what visitors allow is not known now");
              }
              var won = new ArrayList<Won>();
              for (int i = 0; i < found.size(); i++) {
                var logged = found.get(i);
                if (!allowed(logged, profiles.get(i))) {
                  continue; // logged before it was withdrawn, and of no use to anybody since
                }
                won.addAll(Won.of(logged.event(), logged.position(), profiles.get(i), bandits));
              }
              return store.reward(won, read.through()).onSuccess(done -> rewards += won.size());
            });
  }

  private boolean allowed(Logged logged, List<Id128> keys) {
    return consent
        .view()
        .grant(logged.event().site(), Purpose.PERSONALIZATION, keys, false, consent.now())
        .isPresent();
  }

  /** For each event every key that leads to whoever has it. */
  private Future<List<List<Id128>>> profiles(List<Logged> found, Attributed attributed) {
    var asked = new ArrayList<Future<List<Id128>>>();
    for (int i = 0; i < found.size(); i++) {
      var origin = attributed.origins().get(i);
      var holder = attributed.holders().get(i);
      asked.add(
          bus.ask(Addresses.IDENTIFIERS, new GetIdentifiers(List.of(holder)))
              .map(
                  identifiers -> {
                    var keys = new LinkedHashSet<>(List.of(holder, origin));
                    keys.add(identifiers.profile());
                    keys.addAll(identifiers.keys());
                    return keys.stream().limit(MOST_KEYS).toList();
                  }));
    }
    return Future.all(asked).map(all -> all.list());
  }
}
