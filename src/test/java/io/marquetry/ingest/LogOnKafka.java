package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.LogSettings;
import io.marquetry.platform.LogSettings.Backend;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.KafkaBroker;
import io.marquetry.testkit.KafkaTopic;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The log on Kafka, in topics of its own. */
final class LogOnKafka implements LogPlace {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String prefix = "v" + COUNT.incrementAndGet() + ".";
  private final KafkaTopic events =
      new KafkaTopic(KafkaBroker.shared().bootstrap(), prefix + "events");
  private final Database database;

  LogOnKafka(Database database) {
    this.database = database;
  }

  @Override
  public LogSettings settings() {
    var kafka = KafkaEventLogTest.settings(KafkaBroker.shared().bootstrap(), prefix, 3);
    return new LogSettings(Backend.KAFKA, kafka);
  }

  @Override
  public long stored() {
    assertThat(RunningIngest.count(database, "select count(*) from event_log")).isZero();
    var positions = events.events().stream().map(KafkaTopic::position).toList();
    assertThat(positions).doesNotHaveDuplicates();
    return positions.size();
  }

  @Override
  public void damage() {
    var good = events.events().getFirst();
    long position = KafkaTopic.position(good);
    events.write(
        good.partition(),
        "x",
        "no JSON",
        Map.of("position", "" + (position + 1), "site", "shop", "received", "5"));
    events.write(
        good.partition(),
        "x",
        "{\"arrival\":{},\"call\":{\"type\":\"page\"}}",
        Map.of("position", "" + (position + 2), "site", "shop", "received", "5"));
    events.write(good.partition(), "x", "?", Map.of("position", "" + (position + 3)));
  }
}
