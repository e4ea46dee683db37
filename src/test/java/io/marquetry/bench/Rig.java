package io.marquetry.bench;

import io.marquetry.bench.Order.Result;
import io.marquetry.testkit.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What rows are measured with; each part is started when it is first needed. */
final class Rig implements AutoCloseable {
  static final long VISITORS = 20_000;
  private static final int COOKIES = 500;
  private static final int START_SECONDS = 60;
  private static final int SLACK_SECONDS = 90;

  private final Plan plan;
  private final Cores cores;
  private final Path directory;
  private final List<String> javaFlags;
  private @Nullable Child load;
  private @Nullable MeasuredServer server;
  private @Nullable Child bare;
  private int barePort;
  private String key = "";
  private List<String> cookies = List.of();
  private double capacity;

  /**
   * @param javaFlags the server's, so that ceilings run with the same
   */
  Rig(Plan plan, Cores cores, Path directory, List<String> javaFlags) {
    this.plan = plan;
    this.cores = cores;
    this.directory = directory;
    this.javaFlags = List.copyOf(javaFlags);
  }

  Plan plan() {
    return plan;
  }

  Cores cores() {
    return cores;
  }

  Path directory() {
    return directory;
  }

  /** What the server's JVM is started with. */
  List<String> javaFlags() {
    return javaFlags;
  }

  /** A Java process with our own class path. */
  static List<String> java(List<String> flags, String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Has the load generator carry out an order. */
  Result drive(Order order) {
    var generator = load;
    if (generator == null) {
      var flags = List.of("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC");
      generator =
          Child.start(
              "the load generator",
              cores.load(),
              java(flags, Load.class.getName()),
              Map.of(),
              directory.resolve("load.log"));
      load = generator;
    }
    generator.send(Order.write(order));
    int seconds = (int) order.seconds() + SLACK_SECONDS;
    return Order.read(generator.await(line -> line.startsWith("{"), seconds), Result.class);
  }

  /** The server, with the shop defined, warm, and with something known of its visitors. */
  MeasuredServer server() {
    var running = server;
    if (running == null) {
      running = MeasuredServer.start(cores.server(), withCluster("server"), false);
      server = running;
      key = running.defineShop();
      cookies = running.cookies(key, COOKIES);
      warmUp();
    }
    return running;
  }

  /** With events, calls and pages, so that compilers are through with all that rows ask for. */
  private void warmUp() {
    double seconds = plan.firstWarmUp();
    ours("events", requests().single("/v1/t", "w"), "").warmUp(seconds * .5);
    ours("batches", requests().batch("/v1/batch", "x"), "").warmUp(seconds * .1);
    ours("calls", requests().decide("/v1/decide"), "").warmUp(seconds * .2);
    ours("pages", Requests.page(ShopCatalogue.PATH, cookies), "").warmUp(seconds * .2);
  }

  /** A data directory with an unused database in it, which is quicker than making one. */
  Path withCluster(String name) {
    var data = directory.resolve(name);
    try {
      TestCluster.copyTo(data);
      return data;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Requests requests() {
    return new Requests(key, VISITORS);
  }

  List<String> cookies() {
    return cookies;
  }

  /** Requests to the server; call {@link #server} before. */
  Target ours(String name, RequestText request, String needle) {
    var running = Objects.requireNonNull(server);
    return new Target(this, name, running.port(), running.tree(), request, needle);
  }

  /** Requests to a ceiling. */
  Target ceiling(String name, RequestText request) {
    var running = bare;
    var data = directory.resolve("bare").toAbsolutePath();
    if (running == null) {
      running =
          Child.start(
              "the bare server",
              cores.server(),
              java(javaFlags, BareServer.class.getName(), data.toString()),
              Map.of(),
              directory.resolve("bare.log"));
      bare = running;
      barePort = running.awaitPort(START_SECONDS);
    }
    var tree = new ProcessTree(running.pid(), data.toString());
    return new Target(this, name, barePort, tree, request, "");
  }

  /** Events per second that the server takes, as far as is known. */
  double capacity() {
    if (capacity == 0) {
      server();
      var target = ours("capacity", requests().single("/v1/t", "c"), "");
      target.warmUp(plan.warmUp());
      capacity = target.run(plan.seconds()).perSecond();
    }
    return capacity;
  }

  void capacity(double events) {
    capacity = events;
  }

  /** Stops everything and deletes the data; what the processes said is kept. */
  @Override
  public void close() {
    for (var part : new @Nullable AutoCloseable[] {load, server, bare}) {
      close(part);
    }
    delete(directory.resolve("server"));
    delete(directory.resolve("bare"));
  }

  private static void close(@Nullable AutoCloseable part) {
    try {
      if (part != null) {
        part.close();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Deletes a directory with all that is in it, if it is there. */
  static void delete(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (var paths = Files.walk(root)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
