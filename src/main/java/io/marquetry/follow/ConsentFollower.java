package io.marquetry.follow;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.ConsentMessage.ListConsents;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Ticks;
import io.vertx.core.Future;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Keeps one instance's copy of consent current, and says so.
 *
 * <p>A change is put to every instance, which answers once nothing that rests on the older state is
 * under way any more. Between changes the consent component renews a lease twice a second with the
 * newest version it gave out; an instance that finds itself behind fetches what it missed. Without
 * word for {@link ConsentView#LEASE_MILLIS} the copy denies everything, as it does until it is told
 * the sites' defaults.
 */
public final class ConsentFollower {
  private static final int PAGE = 10_000;

  private final Bus bus;
  private final Ticks ticks;
  private final String component;
  private final int instance;
  private final Function<ConsentRecord, Future<Void>> settle;
  private final ConsentView view = new ConsentView();

  /** Every version up to this one is in the copy. */
  private long seen;

  /** Versions in the copy beyond {@link #seen}, behind one that has not arrived. */
  private final TreeSet<Long> ahead = new TreeSet<>();

  private boolean catchingUp;

  /**
   * @param ticks the clock that leases are measured by
   * @param settle called after a record took effect here; completes when no work begun before it
   *     can still have an effect
   */
  public ConsentFollower(
      Bus bus,
      Ticks ticks,
      String component,
      int instance,
      Function<ConsentRecord, Future<Void>> settle) {
    this.bus = bus;
    this.ticks = ticks;
    this.component = component;
    this.instance = instance;
    this.settle = settle;
    view.expectDefaults();
  }

  /** Milliseconds on the clock that leases are measured by. */
  public long now() {
    return ticks.millis();
  }

  /** The copy; to be used on the component's own context. */
  public ConsentView view() {
    return view;
  }

  /** Whether somebody known under one key allows this now. */
  public boolean allows(Purpose purpose, String site, Id128 person) {
    return view.grant(site, purpose, List.of(person), false, now()).isPresent();
  }

  /**
   * Whether a version is in the copy. Where it is not, what is missing is fetched, so that asking
   * again a little later finds it.
   */
  public boolean has(long version) {
    boolean known = version <= seen || ahead.contains(version);
    if (!known && !catchingUp) {
      var unused = catchUp();
    }
    return known;
  }

  /** Begins to follow; completes when the copy is whole, or known to be out of reach. */
  public Future<Void> start() {
    return bus.serve(Addresses.applyConsent(component).to(instance), this::take)
        .compose(served -> bus.on(Addresses.CONSENT_LEASE, this::renew))
        .compose(listening -> catchUp())
        .otherwiseEmpty();
  }

  /**
   * Takes over what each site says of visitors who made no choice. Until there is a catalogue the
   * copy denies everything.
   */
  public void defaults(Catalogue catalogue) {
    if (catalogue.revision() < 0) {
      return;
    }
    Site.all(catalogue).values().forEach(site -> view.setDefault(site.key(), site.defaults()));
    view.defaultsKnown();
  }

  private Future<Done> take(ConsentRecord record) {
    view.put(record);
    arrived(record.version());
    return settle.apply(record).map(Done.DONE);
  }

  private void renew(ConsentLease lease) {
    if (lease.version() <= seen) {
      view.renew(now());
    } else if (!catchingUp) {
      var unused = catchUp();
    }
  }

  private Future<Void> catchUp() {
    catchingUp = true;
    long asked = now();
    return fetch()
        .onSuccess(whole -> view.renew(asked))
        .onComplete(done -> catchingUp = false)
        .recover(
            failure ->
                failure instanceof Refused
                    ? Future.succeededFuture()
                    : Future.failedFuture(failure));
  }

  private Future<Void> fetch() {
    return bus.ask(Addresses.CONSENTS, new ListConsents(seen, PAGE)).compose(this::putAll);
  }

  /** A page is whole up to its last record, which may have superseded some before it. */
  private Future<Void> putAll(Consents page) {
    page.records().forEach(view::put);
    if (!page.records().isEmpty()) {
      seen = Math.max(seen, page.records().getLast().version());
      ahead.headSet(seen, true).clear();
      close();
    }
    return page.records().size() < PAGE ? Future.succeededFuture() : fetch();
  }

  /**
   * Notes a version that came by itself. Versions are counted without gaps, so one that is missing
   * shows; the next lease has it fetched. What is noted beyond a gap is bounded: dropping some of
   * it only means fetching it again.
   */
  private void arrived(long version) {
    if (version > seen) {
      ahead.add(version);
      if (ahead.size() > PAGE) {
        ahead.pollLast();
      }
      close();
    }
  }

  private void close() {
    while (ahead.remove(seen + 1)) {
      seen++;
    }
  }
}
