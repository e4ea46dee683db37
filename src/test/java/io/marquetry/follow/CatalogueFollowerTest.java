package io.marquetry.follow;

import static io.marquetry.follow.Contexts.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class CatalogueFollowerTest {
  private static final Catalogue FIRST = new Catalogue("v1", 1, List.of(), List.of());

  @Test
  void start_catalogueSilent_worksByNothingAndAsksAgain(Vertx vertx) throws Exception {
    Bus.install(vertx);
    var bus = Bus.of(vertx);
    BlockingQueue<Catalogue> taken = new LinkedBlockingQueue<>();
    var follower =
        new CatalogueFollower(
            bus,
            "some",
            0,
            catalogue -> {
              taken.add(catalogue);
              return Future.succeededFuture();
            });
    await(follower.start());
    assertThat(taken).isEmpty();

    await(bus.serve(Addresses.CATALOGUE, asked -> Future.succeededFuture(FIRST)));

    assertThat(taken.poll(5, TimeUnit.SECONDS)).isEqualTo(FIRST);
  }
}
