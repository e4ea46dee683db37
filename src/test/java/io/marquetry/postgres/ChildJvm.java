package io.marquetry.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.marquetry.platform.StartupProblem;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another process of ours: says one line when it is ready and stays until it is killed. */
final class ChildJvm implements AutoCloseable {

  private final Process process;
  private final String firstLine;

  private ChildJvm(Process process, String firstLine) {
    this.process = process;
    this.firstLine = firstLine;
  }

  static ChildJvm holdingLock(Path directory) throws IOException {
    return start(HoldingLock.class, directory.toString());
  }

  /** Starts an embedded server, commits one row and holds on. */
  static ChildJvm runningServer(Path directory) throws IOException {
    return start(RunningServer.class, directory.toString());
  }

  /** What another process gets to hear when it opens this directory. */
  static String lockElsewhere(Path directory) throws IOException {
    try (var child = holdingLock(directory)) {
      return child.firstLine;
    }
  }

  String firstLine() {
    return firstLine;
  }

  long pid() {
    return process.pid();
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  private static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var line = new BufferedReader(process.inputReader(UTF_8)).readLine();
    if (line == null) {
      process.destroyForcibly();
      throw new IOException(main + " ended without a word");
    }
    return new ChildJvm(process, line);
  }

  /** Main class of a child. */
  static final class HoldingLock {
    public static void main(String[] arguments) throws IOException {
      try {
        DataDirectory.open(Path.of(arguments[0]));
        System.out.println("locked");
      } catch (StartupProblem problem) {
        System.out.println(problem.getMessage());
      }
      System.in.read();
    }
  }

  /** Main class of a child. */
  static final class RunningServer {
    public static void main(String[] arguments) throws Exception {
      var data = DataDirectory.open(Path.of(arguments[0]));
      var server = EmbeddedServer.start(data);
      try (var session = server.database().connect();
          var statement = session.createStatement()) {
        statement.execute("CREATE TABLE kept (n int)");
        statement.execute("INSERT INTO kept VALUES (42)");
      }
      System.out.println(server.database().port());
      System.in.read();
    }
  }
}
