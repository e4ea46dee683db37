package io.marquetry.app;

import io.marquetry.platform.StartupProblem;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command line: starts the server, says where it is, and drains it when told to stop. */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);
  private static final int MISUSED = 2;
  private static final int FAILED = 1;

  private Main() {}

  /** Exit codes: 0 after a drain, 1 where the start failed, 2 where the configuration is wrong. */
  public static void main(String[] arguments) {
    ServerConfig config;
    try {
      config = ServerConfig.read(List.of(arguments), System.getenv());
    } catch (StartupProblem e) {
      System.err.println("marquetry: " + e.getMessage());
      System.exit(MISUSED);
      return;
    }
    run(config);
  }

  private static void run(ServerConfig config) {
    HeapRoom.keep();
    try {
      var server = Server.start(config);
      stopOnSignal(server);
      System.out.println(readyLine(config, server));
    } catch (StartupProblem e) {
      LOG.debug("the start failed", e);
      System.err.println("marquetry: " + e.getMessage());
      System.exit(FAILED);
    }
  }

  /** The JVM ends with 143 on SIGTERM whatever its hooks do, so the hook ends it itself, with 0. */
  private static void stopOnSignal(Server server) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  Runtime.getRuntime().halt(0);
                },
                "drain"));
  }

  private static String readyLine(ServerConfig config, Server server) {
    var base =
        "http://" + (isLoopback(config.host()) ? "localhost" : config.host()) + ":" + server.port();
    var line = new StringBuilder("Marquetry is ready.");
    if (config.demo()) {
      line.append(" Demo: ").append(base).append("/ ·");
    }
    line.append(" Console: ").append(base).append("/console/ (user admin");
    var password = firstPassword(server);
    if (!password.isEmpty()) {
      line.append(", password ").append(password).append(", shown this once");
    }
    return line.append(")").toString();
  }

  private static boolean isLoopback(String host) {
    return host.equals("127.0.0.1") || host.equals("::1") || host.equals("0.0.0.0");
  }

  /** The console makes up a password at the very first start and tells it once, to us. */
  private static String firstPassword(Server server) {
    var answered = new CountDownLatch(1);
    var password = new StringBuilder();
    server
        .running()
        .eventBus()
        .<JsonObject>request("console.local.first-password", new JsonObject())
        .onComplete(
            reply -> {
              if (reply.succeeded()) {
                password.append(reply.result().body().getString("password", ""));
              }
              answered.countDown();
            });
    try {
      answered.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return password.toString();
  }
}
