package io.marquetry.bench;

import io.marquetry.postgres.DataDirectory;
import io.marquetry.postgres.EmbeddedServer;
import io.marquetry.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A PostgreSQL for a peer, the programs and settings of ours, with an empty database. In a process
 * of its own, so that it runs on the core of servers.
 */
public final class PeerDatabase {
  private PeerDatabase() {}

  /**
   * Prints {@code listening PORT} and stays.
   *
   * @param arguments where to keep it
   */
  public static void main(String[] arguments) throws IOException {
    var data = DataDirectory.open(Path.of(arguments[0]));
    TestCluster.copyTo(data.path());
    var server = EmbeddedServer.start(data);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    System.out.println("listening " + server.database().port());
    server.onExit().join();
  }
}
