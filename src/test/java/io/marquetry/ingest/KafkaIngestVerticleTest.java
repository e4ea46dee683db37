package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.LogSettings;
import io.marquetry.platform.LogSettings.Backend;
import io.marquetry.testkit.KafkaBroker;
import io.marquetry.testkit.KafkaTopic;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;

/** All that ingest does, with its log on Kafka. */
@Tag("kafka")
class KafkaIngestVerticleTest extends IngestVerticleTest {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String prefix = "v" + COUNT.incrementAndGet() + ".";
  private final KafkaTopic events =
      new KafkaTopic(KafkaBroker.shared().bootstrap(), prefix + "events");

  @Override
  LogSettings log() {
    var kafka = KafkaEventLogTest.settings(KafkaBroker.shared().bootstrap(), prefix, 3);
    return new LogSettings(Backend.KAFKA, kafka);
  }

  @Override
  long stored() {
    assertThat(count("select count(*) from event_log")).isZero();
    var positions = events.events().stream().map(KafkaTopic::position).toList();
    assertThat(positions).doesNotHaveDuplicates();
    return positions.size();
  }

  @Override
  void damage() {
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
