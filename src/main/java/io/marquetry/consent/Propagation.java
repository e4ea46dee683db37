package io.marquetry.consent;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Ask;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Ticks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a record to every instance of every component that keeps a copy of consent.
 *
 * <p>All are asked at once, each with its own deadline. An instance that does not confirm is asked
 * again in the background, a bounded number of times; beyond that it finds out itself what it
 * missed when it hears of the newest version, and denies everything until then.
 */
final class Propagation {
  private static final int MAX_ATTEMPTS = 8;
  private static final int MAX_RETRYING = 1_000;
  private static final long FIRST_RETRY_MILLIS = 250;

  private final Vertx vertx;
  private final Bus bus;
  private final Ticks ticks;
  private final Map<String, List<Ask<ConsentRecord, Done>>> instances = new LinkedHashMap<>();
  private int retrying;
  private long shed;
  private boolean stopped;

  Propagation(Vertx vertx, Bus bus, ComponentContext context, Duration within) {
    this.vertx = vertx;
    this.bus = bus;
    this.ticks = context.ticks();
    var topology = context.topology();
    for (var component : Addresses.CONSENTED) {
      var asks = new ArrayList<Ask<ConsentRecord, Done>>();
      for (int i = 0; i < topology.instances(component); i++) {
        var address = Addresses.applyConsent(component).to(i);
        asks.add(new Ask<>(address.address(), address.question(), address.answer(), within));
      }
      if (!asks.isEmpty()) {
        instances.put(component, asks);
      }
    }
  }

  /** Instances that are being asked again. */
  int retrying() {
    return retrying;
  }

  /** How often an instance was left to find out by itself. */
  long shed() {
    return shed;
  }

  /**
   * Tells everybody of a record; records are told in order of version.
   *
   * @return for each component the {@link Ticks#nanos} at which its last instance confirmed; failed
   *     where one did not
   */
  Map<String, Future<Long>> tell(ConsentRecord record) {
    var confirmed = new LinkedHashMap<String, Future<Long>>();
    instances.forEach(
        (component, asks) ->
            confirmed.put(
                component,
                Future.join(asks.stream().map(ask -> tell(ask, record, 1)).toList())
                    .map(all -> ticks.nanos())));
    return confirmed;
  }

  void stop() {
    stopped = true;
  }

  private Future<Done> tell(Ask<ConsentRecord, Done> ask, ConsentRecord record, int attempt) {
    return bus.ask(ask, record).onFailure(failure -> later(ask, record, attempt));
  }

  private void later(Ask<ConsentRecord, Done> ask, ConsentRecord record, int attempt) {
    if (stopped) {
      return;
    }
    if (attempt == MAX_ATTEMPTS || retrying == MAX_RETRYING) {
      shed++;
      return;
    }
    retrying++;
    vertx.setTimer(
        FIRST_RETRY_MILLIS << (attempt - 1),
        timer -> {
          retrying--;
          if (!stopped) {
            var unused = tell(ask, record, attempt + 1);
          }
        });
  }
}
