package io.marquetry.testkit;

import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Somebody else's site: files on an origin of their own. */
public final class StaticSite implements AutoCloseable {
  private final com.sun.net.httpserver.HttpServer server;

  private StaticSite(com.sun.net.httpserver.HttpServer server) {
    this.server = server;
  }

  /** Serves a directory under {@code /}. */
  public static StaticSite of(Path directory) {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var server =
        SimpleFileServer.createFileServer(
            address, directory.toAbsolutePath().normalize(), OutputLevel.NONE);
    server.start();
    return new StaticSite(server);
  }

  /** Serves another directory under a path. */
  public StaticSite with(String path, Path directory) {
    server.createContext(
        path, SimpleFileServer.createFileHandler(directory.toAbsolutePath().normalize()));
    return this;
  }

  /** {@code http://localhost:port}. */
  public String base() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
