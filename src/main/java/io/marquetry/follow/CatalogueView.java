package io.marquetry.follow;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.GetCatalogue;
import io.marquetry.bus.Refused;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is defined, as an HTTP face sees it.
 *
 * <p>Faces run in other numbers than their components, so the catalogue does not wait for them: it
 * publishes, and they swap their copy. Until there is a catalogue the copy is empty, no key opens
 * anything, and the question is put again every second.
 *
 * <p>To be used on the event loop that made it.
 */
public final class CatalogueView {
  private static final Catalogue NOTHING = new Catalogue("", -1, List.of(), List.of());
  private static final long ASK_AGAIN_MILLIS = 1_000;

  private final Vertx vertx;
  private final Bus bus;
  private final List<Consumer<Catalogue>> listeners = new ArrayList<>();
  private Catalogue catalogue = NOTHING;
  private KeyRing keys = KeyRing.empty();
  private Map<String, Site> sites = Map.of();
  private boolean closed;

  public CatalogueView(Vertx vertx) {
    this.vertx = vertx;
    this.bus = Bus.of(vertx);
  }

  /** Calls {@code listener} with every catalogue that becomes current, before {@link #start}. */
  public CatalogueView onChange(Consumer<Catalogue> listener) {
    listeners.add(listener);
    return this;
  }

  /** Begins to follow; completes when the current catalogue is held, or known to be absent. */
  public Future<Void> start() {
    return bus.on(Addresses.PUBLISHED, this::take).compose(listening -> ask());
  }

  /** Stops following. */
  public Future<Void> close() {
    closed = true;
    return bus.leave();
  }

  /** The newest catalogue; empty with revision -1 where there has been none. */
  public Catalogue catalogue() {
    return catalogue;
  }

  public KeyRing keys() {
    return keys;
  }

  /** All sites by key. */
  public Map<String, Site> sites() {
    return sites;
  }

  public @Nullable Site site(String key) {
    return sites.get(key);
  }

  private Future<Void> ask() {
    return bus.ask(Addresses.CATALOGUE, new GetCatalogue())
        .map(
            answer -> {
              take(answer);
              return (Void) null;
            })
        .recover(
            failure -> {
              if (!(failure instanceof Refused)) {
                return Future.failedFuture(failure);
              }
              vertx.setTimer(ASK_AGAIN_MILLIS, timer -> askAgain());
              return Future.succeededFuture();
            });
  }

  private void askAgain() {
    if (!closed && catalogue.revision() < 0) {
      var unused = ask();
    }
  }

  private void take(Catalogue newer) {
    if (newer.revision() <= catalogue.revision()) {
      return;
    }
    catalogue = newer;
    keys = new KeyRing(newer);
    sites = Site.all(newer);
    listeners.forEach(listener -> listener.accept(newer));
  }
}
