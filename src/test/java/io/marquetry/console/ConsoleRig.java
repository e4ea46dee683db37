package io.marquetry.console;

import static io.marquetry.catalogue.CatalogueRig.await;

import io.marquetry.catalogue.CatalogueRig;
import io.marquetry.catalogue.CatalogueVerticle;
import io.marquetry.http.HttpVerticle;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.Json;
import io.marquetry.platform.Topology;
import io.marquetry.postgres.Database;
import io.vertx.core.ThreadingModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A catalogue, a console and its HTTP face, whole, with a clock of its own. */
final class ConsoleRig implements AutoCloseable {
  static final String PASSWORD = "a long password";

  private volatile Instant now = Instant.now();
  final CatalogueRig rig;
  final int port;
  private final String password;
  private final Map<String, Integer> others;
  private final HttpClient client = HttpClient.newHttpClient();
  private String console = "";

  ConsoleRig(Database database) {
    this(database, PASSWORD, Map.of());
  }

  ConsoleRig(Database database, String password, Map<String, Integer> others) {
    InstantSource clock = this::now;
    this.rig = new CatalogueRig(database, clock);
    this.password = password;
    this.others = others;
    this.port = freePort();
  }

  /** What everybody here takes for the time. */
  Instant now() {
    return now;
  }

  /** Lets time pass. Only the test moves the clock. */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  void pass(Duration time) {
    now = now.plus(time);
  }

  /** Starts everything. */
  ConsoleRig start() {
    var server = server();
    await(
        rig.vertx.deployVerticle(
            new CatalogueVerticle(rig.context("catalogue", Map.of(), topology(), server))));
    startConsole();
    var http = rig.context("http", Map.of("drainSeconds", 0), topology(), server);
    await(
        rig.vertx.deployVerticle(
            new HttpVerticle(http, (vertx, context) -> List.of(new AdminRoutes(vertx, context)))));
    return this;
  }

  void startConsole() {
    var context = rig.context("console", Map.of(), topology(), server());
    console = await(rig.vertx.deployVerticle(new ConsoleVerticle(context)));
  }

  void stopConsole() {
    await(rig.vertx.undeploy(console));
  }

  private ServerSettings server() {
    return new ServerSettings("127.0.0.1", port, Path.of("target"), false, password, "1.2.3");
  }

  private Topology topology() {
    var components = new LinkedHashMap<String, Integer>();
    components.put("catalogue", 1);
    components.putAll(others);
    components.put("console", 1);
    components.put("http", 1);
    return new Topology(
        1,
        components.entrySet().stream()
            .map(
                one ->
                    new Topology.Placement(
                        one.getKey(), one.getValue(), ThreadingModel.EVENT_LOOP, Map.of()))
            .toList());
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** An answer. */
  record Answer(int status, Map<String, Object> body, HttpResponse<byte[]> response) {
    /** The code of the error in it. */
    String code() {
      return body.get("error") instanceof Map<?, ?> error ? String.valueOf(error.get("code")) : "";
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  /** Posts with headers, names and values in turn. */
  Answer post(String operation, byte[] body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(url() + "/v1/admin/" + operation))
            .POST(BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  Answer get(String path) {
    return send(HttpRequest.newBuilder(URI.create(url() + path)).build());
  }

  private Answer send(HttpRequest request) {
    try {
      var response = client.send(request, BodyHandlers.ofByteArray());
      var json = response.headers().firstValue("Content-Type").orElse("").contains("json");
      var body = json ? Json.readOwn(response.body()) : Map.<String, Object>of();
      return new Answer(response.statusCode(), body, response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  Answer login(String user, String password) {
    var body = Map.<String, Object>of("user", user, "password", password);
    return post("login", Json.write(body), "Content-Type", "application/json");
  }

  /** The token of somebody who can log in. */
  String token(String user, String password) {
    var answer = login(user, password);
    if (answer.status() != 200) {
      throw new AssertionError("login failed: " + answer);
    }
    return String.valueOf(answer.body().get("token"));
  }

  String adminToken() {
    return token("admin", password);
  }

  /** Calls an operation with a token; quotes in the body may be single ones. */
  Answer call(String token, String operation, String body) {
    return post(operation, json(body), "Authorization", "Bearer " + token);
  }

  /** Calls what has to go well. */
  Map<String, Object> ok(String token, String operation, String body) {
    var answer = call(token, operation, body);
    if (answer.status() != 200) {
      throw new AssertionError(operation + ": " + answer.status() + " " + answer.body());
    }
    return answer.body();
  }

  @Override
  public void close() {
    rig.close();
    client.close();
  }
}
