package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.LogSettings;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;

/** The log in the database of ingest. */
record LogInPostgres(Database database) implements LogPlace {
  @Override
  public LogSettings settings() {
    return LogSettings.POSTGRES;
  }

  @Override
  public long stored() {
    long rows = RunningIngest.count(database, "select count(*) from event_log");
    assertThat(RunningIngest.count(database, "select count(distinct position) from event_log"))
        .isEqualTo(rows);
    return rows;
  }

  @Override
  public void damage() {
    TestPostgres.execute(
        database,
        "insert into event_log select position + 1, received_at, site, message, 'no JSON' from"
            + " event_log",
        "insert into event_log select max(position) + 1, max(received_at), 'shop',"
            + " gen_random_uuid(), '{\"arrival\":{},\"call\":{\"type\":\"page\"}}' from event_log");
  }
}
