package io.marquetry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * The Varnish of this machine in front of a server, as the file in the documentation sets it up, on
 * a port and in a directory of its own. It needs no privileges.
 */
public final class Varnish implements AutoCloseable {
  private static final Path HOME = Path.of("target", "servers").toAbsolutePath();
  private static final Path VCL = Path.of("docs", "varnish.vcl");
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin"), Path.of("/usr/local/sbin"), Path.of("/usr/bin"));
  private static final Pattern LISTENS = Pattern.compile("(?m)^\\S+ 127\\.0\\.0\\.1 (\\d+)");
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final long SECONDS = 30;

  private final Path directory;
  private final Path log;
  private final Process process;
  private final String base;

  private Varnish(Path program, String server) {
    directory = HOME.resolve("varnish-%d-%d".formatted(pid(), COUNT.incrementAndGet()));
    log = HOME.resolve(directory.getFileName() + ".log");
    try {
      Files.createDirectories(directory);
      var vcl = directory.resolve("marquetry.vcl");
      Files.writeString(vcl, vcl(URI.create(server).getPort()));
      process =
          new ProcessBuilder(command(program, vcl))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    base = "http://127.0.0.1:" + port();
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  /** Starts it; where there is none the test is skipped, saying so. */
  public static Varnish before(RunningServer server) {
    var program = PLACES.stream().map(at -> at.resolve("varnishd")).filter(Files::isExecutable);
    var found = program.findFirst();
    Assumptions.assumeTrue(found.isPresent(), "no Varnish here: scripts/test installs one");
    return new Varnish(found.orElseThrow(), server.base());
  }

  /** The file of the documentation, for the port that the server took. */
  private static String vcl(int port) throws IOException {
    var documented = Files.readString(VCL);
    assertThat(documented).containsOnlyOnce(".port = \"8080\"");
    return documented.replace(".port = \"8080\"", ".port = \"" + port + "\"");
  }

  private List<String> command(Path program, Path vcl) {
    return List.of(
        program.toString(),
        "-F",
        "-j",
        "none",
        "-n",
        directory.toString(),
        "-a",
        "127.0.0.1:0",
        "-f",
        vcl.toString(),
        "-s",
        "malloc,32m",
        "-p",
        "thread_pool_min=20");
  }

  private int port() {
    var found = new ArrayList<Integer>();
    Until.until(
        "Varnish listens",
        () -> {
          assertThat(process.isAlive()).as(said()).isTrue();
          var listens = LISTENS.matcher(admin("debug.listen_address"));
          return listens.find() && found.add(Integer.parseInt(listens.group(1)));
        });
    return found.getFirst();
  }

  /** What it answers to a command of its own console. */
  private String admin(String command) {
    try {
      var asked =
          new ProcessBuilder("varnishadm", "-n", directory.toString(), command)
              .redirectErrorStream(true)
              .start();
      var said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return asked.waitFor() == 0 ? said : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "it said nothing";
    }
  }

  /** {@code http://127.0.0.1:port}. */
  public String base() {
    return base;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("Varnish ends").isTrue();
      TestCluster.deleteTree(directory);
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
