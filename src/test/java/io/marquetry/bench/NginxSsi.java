package io.marquetry.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * nginx that puts six files into a page by server-side includes: a page as long as ours that is the
 * same for everybody. One worker, no access log, open files remembered, connections kept.
 */
final class NginxSsi {
  private static final String PAGE = "/page.html";
  private static final Pattern SLOT =
      Pattern.compile("<mq-slot component=\"(\\w+)\">[^<]*</mq-slot>");
  private static final String INCLUDE = "<!--# include virtual=\"/$1.html\" -->";
  private static final int START_SECONDS = 20;

  /** Where distributions put it is not always on the path of ordinary users. */
  private static final List<String> MORE_PLACES = List.of("/usr/sbin", "/usr/local/sbin");

  private NginxSsi() {}

  /**
   * Starts it.
   *
   * @throws NotInstalled where there is no nginx with SSI
   */
  static Peer start(Rig rig) {
    var program = program();
    var home = rig.directory().resolve("nginx").toAbsolutePath();
    int port = freePort();
    write(home, port);
    var command = List.of(program.toString(), "-p", home.toString(), "-c", "nginx.conf");
    var log = rig.directory().resolve("nginx.log");
    var process = Child.start("nginx", rig.cores().server(), command, Map.of(), log);
    try {
      awaitListening(port);
    } catch (IllegalStateException e) {
      process.close();
      throw e;
    }
    var tree = new ProcessTree(process.pid(), "");
    var page = Requests.page(PAGE, rig.cookies());
    var last = ShopCatalogue.fragment(ShopCatalogue.shown().getLast());
    var target = new Target(rig, "nginx", port, tree, page, last);
    return new Peer("nginx SSI, six files", target, List.of(process));
  }

  private static Path program() {
    var path = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1));
    return Stream.concat(path, MORE_PLACES.stream())
        .map(directory -> Path.of(directory, "nginx"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new NotInstalled("there is no nginx on the PATH"));
  }

  private static void write(Path home, int port) {
    var site = home.resolve("site");
    var page = ShopCatalogue.page(ShopCatalogue.shown(), ShopCatalogue.OWN_BYTES);
    try {
      Files.createDirectories(site);
      for (var component : ShopCatalogue.shown()) {
        Files.writeString(site.resolve(component + ".html"), ShopCatalogue.fragment(component));
      }
      Files.writeString(site.resolve(PAGE.substring(1)), SLOT.matcher(page).replaceAll(INCLUDE));
      Files.writeString(home.resolve("nginx.conf"), settings(site, port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that it writes stays in its directory; as root its worker stays root to read there. */
  private static String settings(Path site, int port) {
    return """
    daemon off;
    user %s;
    worker_processes 1;
    pid nginx.pid;
    error_log stderr warn;
    events {
      worker_connections 1024;
    }
    http {
      types { text/html html; }
      access_log off;
      keepalive_requests 1000000000;
      open_file_cache max=100 inactive=1h;
      open_file_cache_valid 1h;
      client_body_temp_path body;
      proxy_temp_path proxy;
      fastcgi_temp_path fastcgi;
      uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      server {
        listen 127.0.0.1:%d;
        root %s;
        ssi on;
      }
    }
    """
        .formatted(System.getProperty("user.name"), port, site);
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitListening(int port) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    while (System.nanoTime() < deadline) {
      try (var socket = new Socket()) {
        socket.connect(address);
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
    throw new IllegalStateException("nginx does not listen; see nginx.log");
  }
}
