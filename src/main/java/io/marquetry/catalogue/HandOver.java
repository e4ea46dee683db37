package io.marquetry.catalogue;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Define;
import io.marquetry.platform.Topology;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a new catalogue to every instance that works by it, and only then to whoever listens.
 *
 * <p>An instance that does not confirm in time does not hold up the others for ever: it is counted
 * and named, and the change stands; it fetches the catalogue when it starts, and is handed the next
 * one.
 */
final class HandOver {
  private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

  private final Bus bus;
  private final Topology topology;
  private final Duration patience;
  private final List<String> behind = new ArrayList<>();
  private long late;

  HandOver(Bus bus, Topology topology, Duration patience) {
    this.bus = bus;
    this.topology = topology;
    this.patience = patience;
  }

  /** Completes when everybody confirmed or had their time; never fails. */
  Future<Void> deliver(Catalogue catalogue) {
    behind.clear();
    var confirmed = new ArrayList<Future<?>>();
    for (var component : Addresses.DEFINED) {
      for (int i = 0; i < topology.instances(component); i++) {
        confirmed.add(deliver(catalogue, component, i));
      }
    }
    return Future.join(confirmed)
        .<Void>mapEmpty()
        .andThen(done -> warn(catalogue))
        .andThen(done -> bus.publish(Addresses.PUBLISHED, catalogue));
  }

  private Future<?> deliver(Catalogue catalogue, String component, int instance) {
    var define = Addresses.define(component).to(instance);
    return bus.ask(define, new Define(catalogue))
        .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .<Void>mapEmpty()
        .recover(
            failure -> {
              late++;
              behind.add(component + " " + instance + ": " + failure.getMessage());
              return Future.succeededFuture();
            });
  }

  private void warn(Catalogue catalogue) {
    if (!behind.isEmpty()) {
      LOG.warn(
          "catalogue revision {} is not confirmed by {}; {} such since the start",
          catalogue.revision(),
          behind,
          late);
    }
  }

  /** Instances that did not confirm the newest catalogue, and why. */
  List<String> behind() {
    return behind;
  }
}
