package io.marquetry.bench;

import io.marquetry.postgres.Database;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The server as users start it, on data of its own. */
final class MeasuredServer implements AutoCloseable {
  private static final Pattern LOADED =
      Pattern.compile("marquetry_profiles_load_millis\\{[^}]*\\} ([0-9.E]+)");
  private static final Pattern ADDRESS = Pattern.compile("http://[^:/ ]+:(\\d+)");
  private static final String PASSWORD = "measured-and-thrown-away";
  private static final int START_SECONDS = 300;

  /** Line of {@code postmaster.pid} that holds the port. */
  private static final int PORT_LINE = 3;

  private final Child process;
  private final Path data;
  private final double readySeconds;
  private final double readyCpuSeconds;
  private final int port;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private String token = "";

  private MeasuredServer(Child process, Path data, double readySeconds, int port) {
    this.process = process;
    this.data = data;
    this.readySeconds = readySeconds;
    this.port = port;
    readyCpuSeconds = tree().cpuSeconds();
  }

  /**
   * Starts it and waits until it says that it is ready.
   *
   * @param core where it and its PostgreSQL run; empty for anywhere
   * @param demo whether with the demo site
   */
  static MeasuredServer start(String core, Path data, boolean demo) {
    return start(core, data, demo, Map.of());
  }

  /**
   * @param settings environment variables of the server besides
   */
  static MeasuredServer start(String core, Path data, boolean demo, Map<String, String> settings) {
    var environment = new HashMap<>(settings);
    environment.put("MARQUETRY_ADMIN_PASSWORD", PASSWORD);
    long begun = System.nanoTime();
    var command = new ArrayList<>(List.of("scripts/run", "--port", "0", "--data", data.toString()));
    if (!demo) {
      command.add("--no-demo");
    }
    var process =
        Child.start(
            "the server",
            core,
            command,
            environment,
            data.resolveSibling(data.getFileName() + ".log"));
    try {
      var line = process.await(said -> said.contains("is ready"), START_SECONDS);
      double seconds = (System.nanoTime() - begun) / 1e9;
      var address = ADDRESS.matcher(line);
      if (!address.find()) {
        throw new IllegalStateException("the ready line names no address: " + line);
      }
      return new MeasuredServer(process, data, seconds, Integer.parseInt(address.group(1)));
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  int port() {
    return port;
  }

  /** How long it took from being called to being ready. */
  double readySeconds() {
    return readySeconds;
  }

  /** How much CPU time that took, of all its processes. */
  double readyCpuSeconds() {
    return readyCpuSeconds;
  }

  ProcessTree tree() {
    return new ProcessTree(process.pid(), data.toAbsolutePath().toString());
  }

  /** Defines the shop; the write key of its site. */
  String defineShop() {
    return defineShop(ShopCatalogue.SEGMENTS);
  }

  /** The same with so many segments. */
  String defineShop(int segments) {
    for (var operation : ShopCatalogue.operations(segments)) {
      call(operation.name(), operation.body());
    }
    return call("keys.create", Map.of("site", ShopCatalogue.SITE, "kind", "write"))
        .getString("key");
  }

  /**
   * Carries out an operation of the administration.
   *
   * @throws IllegalStateException with what the server says where it refuses
   */
  JsonObject call(String operation, Map<String, Object> body) {
    if (token.isEmpty()) {
      var login = Map.<String, Object>of("user", "admin", "password", PASSWORD);
      token = post("login", login).getString("token");
    }
    return post(operation, body);
  }

  private JsonObject post(String operation, Map<String, Object> body) {
    var request =
        HttpRequest.newBuilder(uri("/v1/admin/" + operation))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofSeconds(30))
            .POST(BodyPublishers.ofString(new JsonObject(body).encode()))
            .build();
    var answer = send(request);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(
          operation + " was answered with " + answer.statusCode() + ": " + answer.body());
    }
    return new JsonObject(answer.body());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** What a browser with this cookie is served; empty for none. */
  String get(String path, String cookie) {
    var request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(10));
    if (!cookie.isEmpty()) {
      request.header("Cookie", "mq_id=" + cookie);
    }
    return send(request.build()).body();
  }

  /** The cookies that the first visitors are given when they send an event. */
  List<String> cookies(String key, int count) {
    var cookies = new ArrayList<String>();
    for (int visitor = 0; visitor < count; visitor++) {
      var event =
          new JsonObject()
              .put("event", "Product Viewed")
              .put("anonymousId", "%016x".formatted(visitor));
      var request =
          HttpRequest.newBuilder(uri("/v1/t"))
              .header("X-Write-Key", key)
              .timeout(Duration.ofSeconds(10))
              .POST(BodyPublishers.ofString(event.encode()))
              .build();
      var set = send(request).headers().firstValue("set-cookie").orElse("");
      if (!set.startsWith("mq_id=")) {
        throw new IllegalStateException("an event was answered without a cookie");
      }
      cookies.add(set.substring("mq_id=".length(), set.indexOf(';')));
    }
    return cookies;
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends a body with a key; what is answered. */
  String send(String path, String key, String body) {
    return trySend(path, key, body)
        .orElseThrow(() -> new IllegalStateException(path + " was answered with 503"));
  }

  /** The same; nothing where the answer is that it cannot be done now. */
  Optional<String> trySend(String path, String key, String body) {
    var request =
        HttpRequest.newBuilder(uri(path))
            .header("X-Write-Key", key)
            .timeout(Duration.ofSeconds(10))
            .POST(BodyPublishers.ofString(body));
    var answer = send(request.build());
    if (answer.statusCode() != 200 && answer.statusCode() != 503) {
      throw new IllegalStateException(path + " was answered with " + answer.statusCode());
    }
    return answer.statusCode() == 503 ? Optional.empty() : Optional.of(answer.body());
  }

  /**
   * How long it took until all instances held all profiles, as the slowest says; 0 while one has
   * not finished.
   */
  double loadedMillis() {
    var found = LOADED.matcher(get("/metrics", ""));
    double slowest = 0;
    while (found.find()) {
      double millis = Double.parseDouble(found.group(1));
      if (millis == 0) {
        return 0;
      }
      slowest = Math.max(slowest, millis);
    }
    return slowest;
  }

  /** SIGKILL to the server alone; its database lives on. */
  void kill() {
    ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
    process.awaitEnd(START_SECONDS);
  }

  Path data() {
    return data;
  }

  /** A session in its database. */
  Connection connect() throws SQLException {
    return database().connect();
  }

  /** Asks the database itself for a number. */
  long count(String query) {
    try (var session = connect();
        var statement = session.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Database database() {
    try {
      var lines = Files.readAllLines(data.resolve("postgres/postmaster.pid"));
      var password = Files.readString(data.resolve("postgres.password")).strip();
      int databasePort = Integer.parseInt(lines.get(PORT_LINE).strip());
      return new Database("127.0.0.1", databasePort, "marquetry", "marquetry", password);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    process.close();
  }
}
