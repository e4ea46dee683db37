package io.marquetry.ingest;

import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.ingest.EventLog.Batch;
import io.marquetry.ingest.EventLog.CountKey;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The event log in PostgreSQL: the contract, and what only a database can do to it. */
@Tag("postgres")
class PgEventLogTest extends EventLogContract {

  @Override
  EventLog open() {
    return new PgEventLog(pool);
  }

  @Test
  void append_failingLetter_storesNothingOfTheBatch() {
    long begin = await(log.takeOver());
    TestPostgres.execute(
        database, "alter table dead_letter add constraint none check (reason <> 'forbidden')");
    var letter = new DeadLetter("shop", "ingest", "forbidden", "", "", 5, List.of(), "");
    var hour = CountKey.of("shop", "page", 0);
    var all = new Batch(List.of(event("m1")), begin + 1, Map.of(hour, 3L), List.of(letter));
    assertThatThrownBy(() -> await(log.append(all))).isInstanceOf(RuntimeException.class);
    assertThat(await(log.counts("shop"))).isEmpty();
    assertThat(await(log.read(0, 10))).isEmpty();
    assertThat(await(log.append(batch(begin + 1, event("m1"))))).hasSize(1);
  }

  @Test
  void forget_messagesBehindTheWindow_someAtATimeAndNoOthers() throws SQLException {
    TestPostgres.execute(
        database,
        """
        insert into message_seen (message, seen)
          select gen_random_uuid(), date '2026-09-01' from generate_series(1, 2500)
          union all select gen_random_uuid(), date '2026-10-24'
        """);
    var clock = InstantSource.fixed(Instant.parse("2026-11-22T10:00:00Z"));
    var vertx = Vertx.vertx();
    try {
      var memory = new PgMessageMemory(vertx, pool, clock, Duration.ofDays(30));
      assertThat(await(memory.forget())).as("few at once, for whoever commits").isEqualTo(2_000);
      assertThat(await(memory.forget())).isEqualTo(500);
      assertThat(await(memory.forget())).isZero();
    } finally {
      await(vertx.close());
    }
    try (var session = database.connect();
        var statement = session.createStatement();
        var left = statement.executeQuery("select max(seen)::text, count(*) from message_seen")) {
      assertThat(left.next()).isTrue();
      assertThat(left.getString(1)).isEqualTo("2026-10-24");
      assertThat(left.getLong(2)).isOne();
    }
  }

  /**
   * A commit that was given up on and lies in the server still: taking over waits for it, so that
   * whoever reads the log afterwards sees it.
   */
  @Test
  void takeOver_commitUnderWay_waitsForIt() throws Exception {
    long begin = await(log.takeOver());
    try (var session = database.connect();
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute(beacons.sayingItIsKnown("m1"));
      var late = log.append(batch(begin + 1, event("m1")));
      Conditions.until(() -> waiting() == 1);
      var taken = new PgEventLog(pool).takeOver();
      Conditions.until(() -> waiting() == 2);
      assertThat(taken.isComplete()).isFalse();
      session.rollback();
      assertThat(await(late)).containsExactly(begin + 1);
      assertThat(await(taken)).isEqualTo(begin + 2);
      assertThat(await(log.read(begin, 10))).hasSize(1);
    }
  }

  /** One that the server has not even begun with is refused when it gets to it. */
  @Test
  void append_begunAfterAnotherTookOver_isRefused() throws Exception {
    long begin = await(log.takeOver());
    try (var session = database.connect();
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute("lock table message_seen in exclusive mode");
      var late = log.append(batch(begin + 1, event("m1")));
      Conditions.until(() -> waiting() == 1);
      await(new PgEventLog(pool).takeOver());
      session.rollback();
      assertThatThrownBy(() -> await(late)).isInstanceOf(EventLog.Superseded.class);
    }
    assertThat(await(log.read(0, 10))).isEmpty();
    assertThat(count("select count(*) from message_seen")).isZero();
  }

  private long waiting() {
    return count(
        "select count(*) from pg_stat_activity"
            + " where datname = current_database() and wait_event_type = 'Lock'");
  }

  @Test
  void prepare_again_makesOnlyWhatIsMissing() {
    await(log.prepare(LocalDate.of(2026, 11, 23)));
    assertThat(count("select count(*) from pg_inherits where inhparent = 'event_log'::regclass"))
        .as("four days and the net")
        .isEqualTo(5);
  }
}
