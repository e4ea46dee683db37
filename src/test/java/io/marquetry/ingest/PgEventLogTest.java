package io.marquetry.ingest;

import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.IngestMessage.DeadLetter;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.ingest.PgEventLog.Batch;
import io.marquetry.ingest.PgEventLog.CountKey;
import io.marquetry.ingest.PgEventLog.Entry;
import io.marquetry.platform.Pg;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("postgres")
class PgEventLogTest {
  private final IngestRig rig = new IngestRig();
  private final Database database = TestPostgres.freshDatabase();
  private final Pool pool = Pg.pool(rig.vertx, database.connectOptions(), "test", 2);
  private final PgEventLog log = new PgEventLog(pool);
  private final Beacons beacons = new Beacons();

  @BeforeEach
  void makeRoom() {
    await(log.prepareDays(LocalDate.of(2026, 11, 22)));
  }

  @AfterEach
  void close() {
    await(pool.close());
    rig.close();
  }

  private static Batch batch(long first, Incoming... events) {
    return new Batch(List.of(events), first, Map.of(), List.of());
  }

  private Incoming event(String messageId) {
    return beacons.event("a", messageId);
  }

  @Test
  void takeOver_emptyLog_beginsBehindNothing() {
    assertThat(await(log.takeOver())).isEqualTo(1);
    assertThat(await(log.takeOver())).as("nobody else's position").isEqualTo(2);
  }

  @Test
  void takeOver_somethingStored_isBehindAllOfIt() {
    long begin = await(log.takeOver());
    await(log.append(batch(begin + 50, event("m1"), event("m2"))));
    assertThat(await(log.takeOver())).isEqualTo(begin + 52);
    TestPostgres.execute(
        database, "insert into checkpoint (component, shard, position) values ('x', 3, 900)");
    assertThat(await(log.takeOver()))
        .as("a position is never given out twice, even if the log was emptied")
        .isGreaterThanOrEqualTo(900);
  }

  @Test
  void append_newEvents_areReadBackInOrder() {
    long begin = await(log.takeOver());
    var first = event("m1");
    var second = event("m2");
    assertThat(await(log.append(batch(begin + 1, first, second))))
        .containsExactlyInAnyOrder(begin + 1, begin + 2);
    var entries = await(log.read(begin, 10));
    assertThat(entries).extracting(Entry::position).containsExactly(begin + 1, begin + 2);
    assertThat(entries.getFirst().payload()).isEqualTo(first.payload());
    assertThat(entries.getFirst().site()).isEqualTo("shop");
    assertThat(entries.getFirst().receivedAt()).isEqualTo(first.event().receivedAt());
    assertThat(await(log.read(begin + 1, 10))).hasSize(1);
    assertThat(await(log.read(begin, 1))).hasSize(1);
    assertThat(await(log.read(begin + 2, 10))).isEmpty();
  }

  @Test
  void append_knownMessage_leavesAGap() {
    long begin = await(log.takeOver());
    await(log.append(batch(begin + 1, event("m1"))));
    assertThat(await(log.append(batch(begin + 2, event("m0"), event("m1"), event("m2")))))
        .containsExactlyInAnyOrder(begin + 2, begin + 4);
    assertThat(await(log.read(0, 10)))
        .extracting(Entry::position)
        .containsExactly(begin + 1, begin + 2, begin + 4);
  }

  @Test
  void append_countsAndLetters_areOneCommitWithTheEvents() {
    long begin = await(log.takeOver());
    var hour = CountKey.of("shop", "page", IngestRig.NOW.toEpochMilli());
    var letter =
        new DeadLetter(
            "shop", "ingest", "no_identity", "why\u0000", "m\ud800", 5, List.of(), "{\u0000}");
    var all = new Batch(List.of(event("m1")), begin + 1, Map.of(hour, 3L), List.of(letter, letter));
    assertThat(await(log.append(all))).containsExactly(begin + 1);
    await(log.append(new Batch(List.of(), begin + 2, Map.of(hour, 2L), List.of())));
    assertThat(await(log.counts("shop"))).isEqualTo(Map.of("page", 5L));
    assertThat(await(log.counts("other"))).isEmpty();
    assertThat(count("select count(*) from dead_letter where detail = 'why\ufffd'")).isEqualTo(2);
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

  /** Two processes on one database: whoever came first may no longer write. */
  @Test
  void append_afterAnotherTookOver_isRefusedAndStoresNothing() {
    var other = new PgEventLog(pool);
    long begin = await(log.takeOver());
    long later = await(other.takeOver());
    assertThat(later).isGreaterThan(begin);
    assertThatThrownBy(() -> await(log.append(batch(begin + 1, event("m1")))))
        .hasMessageContaining("another writer");
    assertThat(await(other.append(batch(later + 1, event("m1"))))).hasSize(1);
    assertThat(count("select count(*) from event_log")).isEqualTo(1);
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
      assertThatThrownBy(() -> await(late)).hasMessageContaining("another writer");
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
  void prepareDays_again_makesOnlyWhatIsMissing() {
    await(log.prepareDays(LocalDate.of(2026, 11, 23)));
    assertThat(count("select count(*) from pg_inherits where inhparent = 'event_log'::regclass"))
        .as("four days and the net")
        .isEqualTo(5);
  }

  private long count(String sql) {
    try (var session = database.connect();
        var rows = session.createStatement().executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
