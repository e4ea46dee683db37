package io.marquetry.ingest;

import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.http.HttpVerticle;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Json;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.Topology;
import io.marquetry.platform.Topology.Placement;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The face of ingest over real HTTP, with the keys of {@link IngestRig}; whoever stores is faked.
 * Registered as an extension it stands for a class of tests, and each finds it as if it were new.
 */
final class FaceRig implements AutoCloseable, BeforeEachCallback, AfterAllCallback {
  /** A beacon that is as it should be. */
  static final String PAGE = "{\"anonymousId\":\"a\",\"messageId\":\"m\",\"type\":\"page\"}";

  final IngestRig rig = new IngestRig();
  final BlockingQueue<Accept> taken = new LinkedBlockingQueue<>();
  volatile Function<Accept, Future<Accepted>> store = this::storeAll;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  final String base;

  /**
   * @param http settings of the component {@code http}
   * @param ingest settings of the component {@code ingest}
   */
  FaceRig(Map<String, Object> http, Map<String, Object> ingest) {
    int port = freePort();
    base = "http://127.0.0.1:" + port;
    rig.serveCatalogue();
    await(rig.bus.serve(Addresses.ACCEPT, accept -> store.apply(accept)));
    var topology =
        new Topology(
            1,
            List.of(
                new Placement("ingest", 1, ThreadingModel.EVENT_LOOP, ingest),
                new Placement("http", 1, ThreadingModel.EVENT_LOOP, http)));
    var context =
        new ComponentContext(
            "http",
            0,
            1,
            http,
            new ComponentContext.ServerSettings(
                "127.0.0.1", port, Path.of("target"), false, "", "test"),
            topology,
            new PgConnectOptions(),
            new Secrets(IngestRig.SECRET, IngestRig.SECRET),
            InstantSource.fixed(IngestRig.NOW));
    try {
      await(
          rig.vertx.deployVerticle(
              new HttpVerticle(
                  context, (vertx, component) -> List.of(new BeaconRoutes(vertx, component)))));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static int freePort() {
    try (var probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Future<Accepted> storeAll(Accept accept) {
    taken.add(accept);
    return Future.succeededFuture(
        new Accepted(accept.events().stream().map(event -> Verdict.STORED).toList()));
  }

  void reset() {
    taken.clear();
    store = this::storeAll;
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    reset();
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    close();
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    return send(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  HttpResponse<String> send(String method, String path, byte[] body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> post(String path, String body, String... headers) {
    return send("POST", path, body, headers);
  }

  /** Posts with the key of the site {@code shop}. */
  HttpResponse<String> postWithKey(String path, String body, String... headers) {
    var all = Stream.concat(Stream.of("X-Write-Key", "shop-key"), Arrays.stream(headers));
    return post(path, body, all.toArray(String[]::new));
  }

  static Map<String, Object> json(HttpResponse<String> response) {
    return Json.readOwn(response.body());
  }

  HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  /** What was handed on since the last look. */
  Accept accept() {
    var accept = taken.poll();
    assertThat(accept).as("what was handed on").isNotNull();
    return Objects.requireNonNull(accept);
  }

  /** The one event that was handed on. */
  Event event() {
    var events = accept().events();
    assertThat(events).hasSize(1);
    return events.getFirst().event();
  }

  static String basic(String key) {
    return "Basic "
        + Base64.getEncoder().encodeToString((key + ":").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    client.close();
    rig.close();
  }
}
