package io.marquetry.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class CatalogueViewTest {
  @BeforeEach
  void install(Vertx vertx) {
    Bus.install(vertx);
  }

  @Test
  void start_catalogueThere_holdsIt(Vertx vertx) throws Exception {
    await(Bus.of(vertx).serve(Addresses.CATALOGUE, q -> Future.succeededFuture(catalogue(3, "a"))));
    var view = new CatalogueView(vertx);
    await(view.start());
    assertThat(view.sites()).containsOnlyKeys("a");
  }

  @Test
  void published_newerThenOlder_keepsTheNewer(Vertx vertx) throws Exception {
    var changed = Promise.<Catalogue>promise();
    var view = new CatalogueView(vertx).onChange(changed::tryComplete);
    await(view.start());
    assertThat(view.sites()).isEmpty();

    Bus.of(vertx).publish(Addresses.PUBLISHED, catalogue(5, "new"));
    await(changed.future());
    assertThat(view.site("new")).isNotNull();

    var seen = Promise.<Void>promise();
    await(Bus.of(vertx).on(Addresses.PUBLISHED, older -> seen.tryComplete()));
    Bus.of(vertx).publish(Addresses.PUBLISHED, catalogue(4, "old"));
    await(seen.future());
    assertThat(view.catalogue().revision()).isEqualTo(5);
  }

  @Test
  void start_catalogueComesLater_isAskedForAgain(Vertx vertx) throws Exception {
    var changed = Promise.<Catalogue>promise();
    var view = new CatalogueView(vertx).onChange(changed::tryComplete);
    await(view.start());
    await(Bus.of(vertx).serve(Addresses.CATALOGUE, q -> Future.succeededFuture(catalogue(1, "a"))));
    assertThat(await(changed.future()).revision()).isEqualTo(1);
  }

  private static Catalogue catalogue(long revision, String site) {
    return new Catalogue(
        "v" + revision,
        revision,
        List.of(new Definition(Kind.SITE, site, 1, Map.of("identify", "signed"))),
        List.of());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }
}
