package io.marquetry.follow;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.GetCatalogue;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Done;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/**
 * Keeps one instance of a component working by the newest catalogue.
 *
 * <p>The catalogue hands every new version to every instance and waits, so that whoever changed a
 * definition sees it effective. An instance that starts while the catalogue gives no answer works
 * by an empty one, of revision -1, and asks again until it has one or is handed it.
 */
public final class CatalogueFollower {
  private static final Catalogue NOTHING = new Catalogue("", -1, List.of(), List.of());
  private static final long ASK_AGAIN_MILLIS = 1_000;

  private final Bus bus;
  private final String component;
  private final int instance;
  private final Function<Catalogue, Future<Void>> apply;
  private long revision = -1;

  /**
   * @param apply makes a catalogue effective; called on the component's own context, never with an
   *     older one than before
   */
  public CatalogueFollower(
      Bus bus, String component, int instance, Function<Catalogue, Future<Void>> apply) {
    this.bus = bus;
    this.component = component;
    this.instance = instance;
    this.apply = apply;
  }

  /** Begins to follow; completes when the current catalogue is effective, if there is one. */
  public Future<Void> start() {
    return bus.serve(Addresses.define(component).to(instance), define -> take(define.catalogue()))
        .compose(served -> bus.ask(Addresses.CATALOGUE, new GetCatalogue()))
        .recover(
            failure -> {
              if (!(failure instanceof Refused)) {
                return Future.failedFuture(failure);
              }
              bus.later(ASK_AGAIN_MILLIS, this::askAgain);
              return Future.succeededFuture(NOTHING);
            })
        .compose(this::take)
        .mapEmpty();
  }

  private void askAgain() {
    if (revision >= 0) {
      return;
    }
    bus.ask(Addresses.CATALOGUE, new GetCatalogue())
        .onSuccess(this::take)
        .onFailure(failure -> bus.later(ASK_AGAIN_MILLIS, this::askAgain));
  }

  private Future<Done> take(Catalogue catalogue) {
    if (catalogue.revision() <= revision) {
      return Future.succeededFuture(Done.DONE);
    }
    revision = catalogue.revision();
    return apply.apply(catalogue).map(Done.DONE);
  }
}
