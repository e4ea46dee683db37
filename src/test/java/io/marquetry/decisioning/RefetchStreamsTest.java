package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.decisioning.StreamPass.Viewer;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RefetchStreamsTest {
  private static final Viewer VIEWER = new Viewer("shop", new Id128(1, 1), null);

  private final DecisioningRig rig = new DecisioningRig();
  private final RefetchStreams streams =
      new RefetchStreams(rig.vertx, rig.bus, 10, viewer -> Future.succeededFuture(null));

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  /** A client of whose connection nothing is known but whether it takes what it is sent. */
  private static final class Client {
    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile boolean full;

    HttpServerResponse response() {
      return (HttpServerResponse)
          Proxy.newProxyInstance(
              Client.class.getClassLoader(),
              new Class<?>[] {HttpServerResponse.class},
              (proxy, method, arguments) -> {
                calls.add(method.getName());
                return switch (method.getName()) {
                  case "writeQueueFull" -> full;
                  default ->
                      Future.class.isAssignableFrom(method.getReturnType())
                          ? Future.succeededFuture()
                          : proxy;
                };
              });
    }

    long writes() {
      return calls.stream().filter("write"::equals).count();
    }
  }

  private void onLoop(Runnable work) throws Exception {
    await(
        Future.future(
            done ->
                rig.vertx.runOnContext(
                    now -> {
                      work.run();
                      done.complete();
                    })));
  }

  @Test
  void publish_clientThatDoesNotRead_isLetGoAndCounted() throws Exception {
    var reading = new Client();
    var deaf = new Client();
    onLoop(
        () -> {
          streams.open(reading.response(), VIEWER, false);
          streams.open(deaf.response(), VIEWER, false);
        });
    assertThat(reading.writes()).isEqualTo(1);
    deaf.full = true;
    onLoop(streams::publish);
    rig.until(() -> streams.dropped() == 1);
    assertThat(deaf.calls).endsWith("writeQueueFull", "reset");
    assertThat(streams.open()).isEqualTo(1);
    rig.until(() -> reading.writes() == 2);
    onLoop(streams::publish);
    rig.until(() -> reading.writes() == 3);
    assertThat(deaf.writes()).isEqualTo(1);
  }
}
