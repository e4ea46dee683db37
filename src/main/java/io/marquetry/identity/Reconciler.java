package io.marquetry.identity;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Ask;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.Reconcile;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.identity.core.IdentityGraph;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the consent of identifiers that turned out to be one visitor's made one.
 *
 * <p>Events do not wait for it longer than a bound, and go on where it fails; what failed is asked
 * for again later, as long as there is room to remember it.
 */
final class Reconciler {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
  private static final int MAX_OPEN = 10_000;
  private static final int AT_ONCE = 100;

  private final Bus bus;
  private final IdentityGraph graph;
  private final Ask<Reconcile, Done> ask;
  private final boolean expected;

  /** Sites of profiles whose consent is still to be made one. */
  private final Map<Id128, String> open = new LinkedHashMap<>();

  private long shed;

  /**
   * @param expected whether consent runs here at all, so that a failure is worth remembering
   */
  Reconciler(Bus bus, IdentityGraph graph, Duration within, boolean expected) {
    this.bus = bus;
    this.graph = graph;
    this.expected = expected;
    var address = Addresses.RECONCILE_CONSENT;
    this.ask = new Ask<>(address.address(), address.question(), address.answer(), within);
  }

  /** How many are still to be made one. */
  int open() {
    return open.size();
  }

  /** Completes when consent of these profiles' identifiers is one, or that failed for now. */
  Future<Void> reconcile(Map<Id128, String> profiles) {
    return Future.join(
            profiles.entrySet().stream().map(one -> one(one.getKey(), one.getValue())).toList())
        .mapEmpty();
  }

  private Future<Void> one(Id128 profile, String site) {
    return bus.ask(ask, new Reconcile(site, List.copyOf(graph.own(profile))))
        .<Void>mapEmpty()
        .recover(failure -> remember(profile, site));
  }

  private Future<Void> remember(Id128 profile, String site) {
    if (expected && open.size() < MAX_OPEN) {
      open.put(profile, site);
    } else if (expected && shed++ == 0) {
      LOG.warn(
          "too many joined visitors wait for consent; it is asked for again at their next event");
    }
    return Future.succeededFuture();
  }

  /** Asks again for some of what failed before. */
  Future<Void> retry() {
    var again = new LinkedHashMap<Id128, String>();
    for (var profile : open.entrySet()) {
      if (again.size() < AT_ONCE) {
        again.put(graph.root(profile.getKey()), profile.getValue());
      }
    }
    open.keySet().removeAll(List.copyOf(open.keySet()).subList(0, Math.min(AT_ONCE, open.size())));
    return reconcile(again);
  }
}
