package io.marquetry.app;

import io.marquetry.bus.Bus;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.ComponentContext.ServerSettings;
import io.marquetry.platform.Json;
import io.marquetry.platform.Places;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.StartupProblem;
import io.marquetry.platform.Topology;
import io.marquetry.platform.Topology.Placement;
import io.marquetry.postgres.DataDirectory;
import io.marquetry.postgres.Database;
import io.marquetry.postgres.EmbeddedServer;
import io.marquetry.postgres.Migrator;
import io.marquetry.postgres.Supervisor;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.micrometer.VertxPrometheusOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: everything in one process, started in order and drained in the reverse of it.
 *
 * <p>Blocks while it starts and stops; not for an event loop.
 */
final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final long START_SECONDS = 300;
  private static final long JOIN_SECONDS = 60;
  private static final long DRAIN_SECONDS = 25;

  private final ServerConfig config;
  private final int port;
  private final Deque<AutoCloseable> held = new ArrayDeque<>();
  private final Deque<Deployed> deployed = new ArrayDeque<>();

  private record Deployed(Vertx vertx, String component, String id) {}

  private Server(ServerConfig config) {
    this.config = config;
    port = config.port() == 0 ? freePort() : config.port();
  }

  /** Port 0 means any: one that was free a moment ago, the same for every instance that listens. */
  private static int freePort() {
    try (var probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new StartupProblem("this machine has no free port", e);
    }
  }

  /** The port it listens on. */
  int port() {
    return port;
  }

  /**
   * Starts everything; on failure what was started is stopped again.
   *
   * @throws StartupProblem saying in one line what to do
   */
  static Server start(ServerConfig config) {
    var server = new Server(config);
    try {
      server.begin();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void begin() {
    var topology = Topology.parse(verticles(config.verticles()), Components.NAMES);
    var data = hold(DataDirectory.open(config.data()));
    var secrets = secrets(data);
    var database = database(data);
    Migrator.migrate(database, Path.of("migrations"));
    var places = hold(Places.open(config.geo(), config.proxies()));
    var server =
        new ServerSettings(
            config.host(),
            port,
            data.path(),
            config.demo(),
            config.adminPassword(),
            Version.text(),
            config.proxies(),
            places,
            config.log());
    var vertx = vertx(topology, secrets);
    Bus.install(vertx);
    for (var placement : topology.placements()) {
      deploy(vertx, topology, placement, secrets, database, server);
    }
  }

  private Secrets secrets(DataDirectory data) {
    return config.secrets().isEmpty()
        ? SecretsFile.in(data.path())
        : SecretsFile.read(Path.of(config.secrets()));
  }

  private <T extends AutoCloseable> T hold(T resource) {
    held.push(resource);
    return resource;
  }

  private static Map<String, Object> verticles(Path file) {
    try {
      return Json.readObject(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new StartupProblem("cannot read " + file + "; name it with --verticles", e);
    } catch (Json.Malformed e) {
      throw new StartupProblem(file + ": " + e.getMessage());
    }
  }

  private Database database(DataDirectory data) {
    var outside =
        config.pgUri().isEmpty()
            ? Optional.<Database>empty()
            : Optional.of(Database.parse(config.pgUri()));
    if (outside.isPresent()) {
      outside.get().verify();
      return outside.get();
    }
    var embedded = hold(EmbeddedServer.start(data));
    hold(Supervisor.watch(embedded));
    return embedded.database();
  }

  private Vertx vertx(Topology topology, Secrets secrets) {
    int loops =
        topology.eventLoops() > 0
            ? topology.eventLoops()
            : Math.max(2, Runtime.getRuntime().availableProcessors());
    var metrics =
        new MicrometerMetricsOptions()
            .setEnabled(true)
            // Each message and each statement would be timed several times over; what is of
            // interest of them we count ourselves.
            .addDisabledMetricsCategory(MetricsDomain.EVENT_BUS)
            .addDisabledMetricsCategory(MetricsDomain.NAMED_POOLS)
            .addDisabledMetricsCategory(MetricsDomain.NET_CLIENT)
            .addDisabledMetricsCategory(MetricsDomain.DATAGRAM_SOCKET)
            .setPrometheusOptions(new VertxPrometheusOptions().setEnabled(true));
    var options =
        new VertxOptions()
            .setEventLoopPoolSize(loops)
            .setPreferNativeTransport(true)
            .setMetricsOptions(metrics);
    if (!topology.cluster().clustered()) {
      return closedLater(builder(options).build());
    }
    var cluster = new Cluster(topology.cluster());
    options.setEventBusOptions(cluster.bus());
    var joining = builder(options).withClusterManager(cluster.manager()).buildClustered();
    var vertx = closedLater(await("joining the cluster", joining, JOIN_SECONDS));
    cluster.agree(topology, secrets);
    return vertx;
  }

  private static VertxBuilder builder(VertxOptions options) {
    return Vertx.builder().with(options).withMetrics(new MicrometerMetricsFactory());
  }

  private Vertx closedLater(Vertx vertx) {
    held.push(() -> await("closing", vertx.close(), DRAIN_SECONDS));
    return vertx;
  }

  private void deploy(
      Vertx vertx,
      Topology topology,
      Placement placement,
      Secrets secrets,
      Database database,
      ServerSettings server) {
    if (placement.here().isEmpty()) {
      return;
    }
    var next = placement.here().iterator();
    var deployment =
        vertx.deployVerticle(
            () ->
                Components.verticle(
                    new ComponentContext(
                        placement.component(),
                        next.next(),
                        placement.instances(),
                        placement.config(),
                        server,
                        topology,
                        database.connectOptions(),
                        secrets,
                        InstantSource.system())),
            new DeploymentOptions()
                .setInstances(placement.here().size())
                .setThreadingModel(placement.threading()));
    var id = await("starting " + placement.component(), deployment, START_SECONDS);
    deployed.push(new Deployed(vertx, placement.component(), id));
  }

  private static <T> T await(String what, Future<T> work, long seconds) {
    try {
      return work.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StartupProblem problem) {
        throw problem;
      }
      throw new StartupProblem(what + " failed: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new StartupProblem(what + " took longer than " + seconds + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupProblem(what + " was interrupted", e);
    }
  }

  /** The vertx instance everything runs on; only once started. */
  Vertx running() {
    return deployed.getFirst().vertx();
  }

  /**
   * Drains: whoever takes in work stops first, whoever it flows to last, then what they stood on.
   */
  @Override
  public void close() {
    for (var component : deployed) {
      try {
        await(
            "stopping " + component.component(),
            component.vertx().undeploy(component.id()),
            DRAIN_SECONDS);
      } catch (StartupProblem e) {
        LOG.warn("{}", e.getMessage());
      }
    }
    deployed.clear();
    for (var resource : held) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("not closed cleanly: {}", StartupProblem.oneLine(String.valueOf(e)));
      }
    }
    held.clear();
  }
}
