package io.marquetry.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/** Main class of a broker: makes its storage ready where it is new, then runs. */
final class KafkaBrokerProcess {
  private static final String CLUSTER = "bWFycXVldHJ5LXRlc3RzMA";

  private KafkaBrokerProcess() {}

  public static void main(String[] arguments) {
    var directory = Path.of(arguments[0]);
    var properties = directory.resolve("server.properties").toString();
    if (!Files.exists(directory.resolve("data"))) {
      int code =
          kafka.tools.StorageTool.execute(
              new String[] {"format", "--config", properties, "--cluster-id", CLUSTER}, System.out);
      if (code != 0) {
        System.exit(code);
      }
    }
    kafka.Kafka.main(new String[] {properties});
  }
}
