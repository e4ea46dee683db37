package io.marquetry.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker, its own controller, in a process of its own: so that it can be killed. Its
 * address stays the same when it is started again.
 */
public final class KafkaBroker implements AutoCloseable {
  private static final Path HOME = Path.of("target", "test-kafka").toAbsolutePath();
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory;
  private final int port;
  private final int controllerPort;
  private final List<String> under;
  private @Nullable Process process;

  private KafkaBroker(Path directory, int port, int controllerPort, List<String> under) {
    this.directory = directory;
    this.port = port;
    this.controllerPort = controllerPort;
    this.under = under;
  }

  /** The one that all tests of this JVM share; nobody may stop it. */
  public static KafkaBroker shared() {
    return Shared.BROKER;
  }

  /** Started when first touched. */
  private static final class Shared {
    static final KafkaBroker BROKER = startOwn();
  }

  /** One for the caller alone, on fresh data. */
  public static KafkaBroker startOwn() {
    var name = ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    return start(HOME.resolve(name));
  }

  /** One on fresh data in a directory that is not there yet. */
  public static KafkaBroker start(Path directory) {
    return start(directory, List.of());
  }

  /**
   * The same.
   *
   * @param under a command that is given the broker's, such as one that pins it to a core
   */
  public static KafkaBroker start(Path directory, List<String> under) {
    var ports = freePorts();
    var broker = new KafkaBroker(directory.toAbsolutePath(), ports.get(0), ports.get(1), under);
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
    try {
      broker.configure();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    broker.restart();
    return broker;
  }

  /** Two that were free a moment ago. */
  private static List<Integer> freePorts() {
    try (var one = new ServerSocket(0);
        var other = new ServerSocket(0)) {
      return List.of(one.getLocalPort(), other.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void configure() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("server.properties"),
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
        controller.listener.names=CONTROLLER
        log.dirs=%3$s
        auto.create.topics.enable=false
        default.replication.factor=1
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=1
        group.initial.rebalance.delay.ms=0
        num.network.threads=1
        num.io.threads=2
        log.cleaner.dedupe.buffer.size=4194304
        log.cleaner.backoff.ms=500
        # After a kill the controller would wait this long for the broker that was.
        broker.session.timeout.ms=3000
        broker.heartbeat.interval.ms=500
        """
            .formatted(port, controllerPort, directory.resolve("data")));
  }

  /** {@code host:port}. */
  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  public long pid() {
    return running().pid();
  }

  private Process running() {
    var current = process;
    if (current == null) {
      throw new AssertionError("the broker does not run");
    }
    return current;
  }

  /** Starts it on the data it left, and waits until it takes connections. */
  public void restart() {
    begin();
    Until.until("the broker listens", PATIENCE, this::listens);
  }

  /** Starts it on the data it left. */
  public void begin() {
    var command = new ArrayList<>(under);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            KafkaBrokerProcess.class.getName(),
            directory.toString()));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(directory.resolve("broker.log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean listens() {
    if (!running().isAlive()) {
      throw new AssertionError("the broker ended; see " + directory.resolve("broker.log"));
    }
    try (var socket = new Socket("127.0.0.1", port);
        InputStream in = socket.getInputStream()) {
      return in.available() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** SIGKILL, and waits until the kernel has it. */
  public void kill9() {
    try {
      if (!running().destroyForcibly().waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the broker cannot be killed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** SIGSTOP: it answers nothing, and connections stay open. */
  public void freeze() {
    Signals.send("STOP", List.of(running().toHandle()));
  }

  /** SIGCONT. */
  public void thaw() {
    Signals.send("CONT", List.of(running().toHandle()));
  }

  /** Kills it and deletes what it held. */
  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      kill9();
    }
    try {
      TestCluster.deleteTree(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
