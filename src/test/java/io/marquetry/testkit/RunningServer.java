package io.marquetry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.postgres.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The real server in a process of its own, on a port and data of its own, spoken to as the outside
 * does: over HTTP, with signals, and by looking into its database.
 *
 * <p>As a JUnit extension ({@code @RegisterExtension static final}) it runs for one test class and
 * prints its log behind a failed test; else {@link Setup#start} and close it. However the test JVM
 * ends, neither it nor its PostgreSQL is left behind.
 */
public final class RunningServer
    implements AutoCloseable, BeforeAllCallback, AfterAllCallback, AfterTestExecutionCallback {
  /** Of the user {@code admin}. */
  public static final String PASSWORD = "correct horse battery";

  /** The public write key of the demo site. */
  public static final String DEMO = "demo";

  private static final Path HOME = Path.of("target", "servers").toAbsolutePath();
  private static final Pattern PORT = Pattern.compile("http://localhost:(\\d+)/");
  private static final long START_SECONDS = 120;
  private static final int SHOWN = 1_500;
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Set<RunningServer> LIVE = ConcurrentHashMap.newKeySet();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> LIVE.forEach(RunningServer::abandon)));
  }

  private Setup setup;
  private final Path data;
  private final OrphanPostgres postgres;
  private volatile @Nullable ServerProcess process;
  private volatile String base = "";
  private volatile String token = "";

  private RunningServer(Setup setup) {
    this.setup = setup;
    data = HOME.resolve(ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
    postgres = new OrphanPostgres(data);
  }

  /** How it is to be started: with the demo, as the files of the project say, unless told. */
  public static Setup with() {
    return new Setup(List.of(), Map.of("MARQUETRY_ADMIN_PASSWORD", PASSWORD), "", "", null);
  }

  /**
   * How a server is started.
   *
   * @param verticles text of {@code verticles.json}, empty for the project's own
   * @param config text of {@code config.json}, empty for none
   * @param outside the database it is to use instead of one of its own; null for its own
   */
  public record Setup(
      List<String> flags,
      Map<String, String> environment,
      String verticles,
      String config,
      @Nullable Database outside) {

    /** On a database that is not its own, which it reaches through another port. */
    public Setup outside(Database database, int port) {
      var uri =
          "postgresql://%s:%s@127.0.0.1:%d/%s?sslmode=disable"
              .formatted(database.user(), database.password(), port, database.name());
      var with = env("MARQUETRY_PG_URI", uri);
      return new Setup(with.flags, with.environment, verticles, config, database);
    }

    public Setup noDemo() {
      return flag("--no-demo");
    }

    public Setup flag(String... more) {
      var all = new ArrayList<>(flags);
      all.addAll(List.of(more));
      return new Setup(all, environment, verticles, config, outside);
    }

    public Setup env(String name, String value) {
      var all = new LinkedHashMap<>(environment);
      all.put(name, value);
      return new Setup(flags, all, verticles, config, outside);
    }

    public Setup verticles(String json) {
      return new Setup(flags, environment, json, config, outside);
    }

    /** Without some of the components that the project's own {@code verticles.json} names. */
    public Setup without(String... components) {
      return verticles(Topologies.without(components));
    }

    /** With one setting of one component. */
    public Setup setting(String component, String name, Object value) {
      return verticles(Topologies.setting(component, name, value));
    }

    /** With settings of one component. */
    public Setup settings(String component, Map<String, Object> values) {
      return verticles(Topologies.settings(component, values));
    }

    public Setup config(String json) {
      return new Setup(flags, environment, verticles, json, outside);
    }

    /** The command line of a server on this data. */
    List<String> arguments(Path data) {
      var arguments = new ArrayList<>(List.of("--port", "0", "--data", data.toString()));
      named("verticles", verticles, data, arguments);
      named("config", config, data, arguments);
      arguments.addAll(flags);
      return arguments;
    }

    private static void named(String name, String text, Path data, List<String> arguments) {
      if (text.isEmpty()) {
        return;
      }
      var file = data.resolve(name + ".json");
      try {
        Files.writeString(file, text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      arguments.addAll(List.of("--" + name, file.toString()));
    }

    /** To be started by JUnit, or by {@link RunningServer#begin}. */
    public RunningServer prepared() {
      return new RunningServer(this);
    }

    public RunningServer start() {
      var server = prepared();
      server.begin();
      return server;
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    begin();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.println("=== server log behind " + context.getDisplayName());
      process().errors().stream().map(RunningServer::shortened).forEach(System.err::println);
    }
  }

  private static String shortened(String line) {
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  /** Starts it on fresh data. */
  public void begin() {
    try {
      TestCluster.copyTo(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LIVE.add(this);
    restart();
  }

  /** Starts it in another way on the data it left. */
  public void restart(Setup other) {
    setup = other;
    restart();
  }

  /** Starts it again on the data it left. */
  public void restart() {
    var started = ServerProcess.start(setup.arguments(data), setup.environment());
    process = started;
    var line = started.awaitReady(START_SECONDS);
    var port = PORT.matcher(line);
    assertThat(port.find()).as("the ready line names the port: %s", line).isTrue();
    base = "http://localhost:" + port.group(1);
    token = "";
  }

  /** The process that runs now, or ran last. */
  public ServerProcess process() {
    var current = process;
    if (current == null) {
      throw new AssertionError("the server was never started");
    }
    return current;
  }

  public String logs() {
    return process().logs();
  }

  /** SIGKILL to the server; its PostgreSQL lives on. */
  public void kill9() {
    process().kill9();
  }

  /** SIGTERM: it has to drain and end with 0. */
  public void stop() {
    process().terminate();
    int code = process().awaitExit(60);
    assertThat(code).as("exit code after SIGTERM; the log:\n%s", logs()).isZero();
  }

  @Override
  public void close() {
    try {
      if (process != null && process().isAlive()) {
        stop();
      }
    } finally {
      abandon();
    }
    try {
      TestCluster.deleteTree(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void abandon() {
    var current = process;
    if (current != null && current.isAlive()) {
      current.kill9();
    }
    postgres.end();
    LIVE.remove(this);
  }

  public Path data() {
    return data;
  }

  /** {@code http://localhost:port}. */
  public String base() {
    return base;
  }

  /** Its PostgreSQL, to be frozen or killed. */
  public OrphanPostgres postgres() {
    return postgres;
  }

  /** How another process is started that shares its database and its keys. */
  public Setup beside() {
    try {
      var password = Files.readString(data.resolve("postgres.password")).strip();
      int port = postgres.port();
      var shared = new Database("127.0.0.1", port, "marquetry", "marquetry", password);
      return with()
          .outside(shared, port)
          .env("MARQUETRY_SECRETS", data.resolve("secrets.json").toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A session in its database. */
  public Connection database() {
    var outside = setup.outside();
    try {
      if (outside != null) {
        return outside.connect();
      }
      var password = Files.readString(data.resolve("postgres.password")).strip();
      var url = "jdbc:postgresql://127.0.0.1:%d/marquetry".formatted(postgres.port());
      return DriverManager.getConnection(url, "marquetry", password);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** The one number a query gives. */
  public long count(String sql, Object... values) {
    try (var session = database();
        var statement = session.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (var rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        return rows.getLong(1);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** The first column of a query. */
  public List<String> column(String sql) {
    try (var session = database();
        var statement = session.createStatement();
        var rows = statement.executeQuery(sql)) {
      var values = new ArrayList<String>();
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(1)));
      }
      return values;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** A visitor of the demo site whom nobody knows yet. */
  public Visitor visitor() {
    return visitor(DEMO);
  }

  public Visitor visitor(String writeKey) {
    return new Visitor(this, writeKey);
  }

  public Answer get(String path) {
    return exchange("GET", path, null, Map.of());
  }

  /** Posts a value as JSON; a text goes as it is. */
  public Answer post(String path, Object body) {
    return exchange("POST", path, body, Map.of());
  }

  /**
   * One exchange.
   *
   * @param body a text or bytes as they are, anything else as JSON, null for none
   */
  public Answer exchange(
      String method, String path, @Nullable Object body, Map<String, String> headers) {
    try {
      return Answer.of(HTTP.send(request(method, path, body, headers), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private HttpRequest request(
      String method, String path, @Nullable Object body, Map<String, String> headers) {
    var publisher =
        switch (body) {
          case null -> BodyPublishers.noBody();
          case String text -> BodyPublishers.ofString(text);
          case byte[] bytes -> BodyPublishers.ofByteArray(bytes);
          default -> BodyPublishers.ofByteArray(Answer.write(body));
        };
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, publisher);
    headers.forEach(request::setHeader);
    return request.build();
  }

  /** An operation of the admin user that has to succeed. */
  public Answer admin(String operation, Map<String, Object> body) {
    return adminAnswer(operation, body).expect(200);
  }

  /** An operation of the admin user, however it is answered. */
  public Answer adminAnswer(String operation, Map<String, Object> body) {
    if (token.isEmpty()) {
      token = login("admin", PASSWORD);
    }
    return as(token, operation, body);
  }

  /** An operation by whoever holds this token, however it is answered. */
  public Answer as(String bearer, String operation, Map<String, Object> body) {
    return exchange(
        "POST", "/v1/admin/" + operation, body, Map.of("Authorization", "Bearer " + bearer));
  }

  /** Logs in and returns the token. */
  public String login(String user, String password) {
    return post("/v1/admin/login", Map.of("user", user, "password", password))
        .expect(200)
        .text("token");
  }

  /** The profile of an {@code anonymous:…} or {@code user:…} id of the demo site. */
  public Answer profile(String id) {
    return admin("profiles.get", Map.of("id", id, "site", DEMO));
  }

  /** The keys of the segments that a visitor is in. */
  public List<Object> segments(String id) {
    return profile(id).list("segments");
  }

  /** Waits until everything in the log is applied. */
  public void settled() {
    Until.untilAsserted(
        "the log is applied",
        () -> {
          var log = admin("system.status", Map.of());
          assertThat(log.number("log.applied")).isEqualTo(log.number("log.position"));
        });
  }
}
