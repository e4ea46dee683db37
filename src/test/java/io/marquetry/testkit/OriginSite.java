package io.marquetry.testkit;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An existing site whose answers a test writes itself, down to when it falls silent. */
public final class OriginSite implements AutoCloseable {
  private final com.sun.net.httpserver.HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Map<String, List<String>>> asked = new ConcurrentHashMap<>();

  /** How a path is answered. */
  @FunctionalInterface
  public interface Handler {
    void handle(HttpExchange exchange) throws Exception;
  }

  private OriginSite(com.sun.net.httpserver.HttpServer server) {
    this.server = server;
  }

  public static OriginSite start() {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      var server = com.sun.net.httpserver.HttpServer.create(address, 0);
      var site = new OriginSite(server);
      server.setExecutor(site.threads);
      server.start();
      return site;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Answers a path; what a handler leaves open is closed behind it. */
  public OriginSite on(String path, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          asked.put(exchange.getRequestURI().getPath(), Map.copyOf(exchange.getRequestHeaders()));
          try {
            handler.handle(exchange);
          } catch (IOException e) {
            // whoever asked went away
          } catch (Exception e) {
            throw new IllegalStateException(e);
          } finally {
            exchange.close();
          }
        });
    return this;
  }

  /** Answers a path with 200 and this body. */
  public OriginSite page(String path, String type, byte[] body) {
    return on(path, exchange -> send(exchange, type, body));
  }

  /** Answers with 200 and this body as a whole. */
  public static void send(HttpExchange exchange, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  /** The headers with which a path was last asked for; names as the JDK writes them. */
  public Map<String, List<String>> asked(String path) {
    return asked.getOrDefault(path, Map.of());
  }

  /** {@code http://127.0.0.1:port}. */
  public String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
