package io.marquetry.ingest;

import io.marquetry.postgres.Database;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** All that ingest does, with its log on Kafka. */
@Tag("kafka")
class KafkaIngestVerticleTest {
  @Nested
  class Straight extends IngestVerticleTest {
    @Override
    LogPlace log(Database database) {
      return new LogOnKafka(database);
    }
  }

  @Nested
  class WithConsent extends IngestConsentTest {
    @Override
    LogPlace log(Database database) {
      return new LogOnKafka(database);
    }
  }

  @Nested
  class Recovering extends IngestRecoveryTest {
    @Override
    LogPlace log(Database database) {
      return new LogOnKafka(database);
    }
  }

  @Nested
  class InTrouble extends IngestLogTroubleTest {
    @Override
    LogPlace log(Database database) {
      return new LogOnKafka(database);
    }
  }
}
