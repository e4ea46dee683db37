package io.marquetry.ingest;

import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.DeadLetterMessage.DeadLetter;
import io.marquetry.bus.DeadLetterMessage.GetDeadLetters;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.ingest.EventLog.Batch;
import io.marquetry.ingest.EventLog.CountKey;
import io.marquetry.ingest.EventLog.Entry;
import io.marquetry.ingest.EventLog.Superseded;
import io.marquetry.platform.Pg;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an event log promises, whatever it is kept in. */
abstract class EventLogContract {
  final IngestRig rig = new IngestRig();
  final Database database = TestPostgres.freshDatabase();
  final Pool pool = Pg.pool(rig.vertx, database.connectOptions(), "test", 8);
  final Beacons beacons = new Beacons();
  private final List<EventLog> opened = new ArrayList<>();

  EventLog log;

  /** A log, as another process would have it; on the same data each time. */
  abstract EventLog open();

  @BeforeEach
  void prepare() {
    log = opened();
  }

  /** One that is ready, and closed in the end. */
  final EventLog opened() {
    var made = open();
    opened.add(made);
    await(made.prepare(LocalDate.of(2026, 11, 22)));
    return made;
  }

  @AfterEach
  void close() {
    opened.forEach(each -> await(each.close()));
    await(pool.close());
    rig.close();
  }

  final Batch batch(long first, Incoming... events) {
    return new Batch(List.of(events), first, Map.of(), List.of());
  }

  final Incoming event(String messageId) {
    return beacons.event("a", messageId);
  }

  /** Everything behind a position, page by page. */
  final List<Entry> readAll(EventLog from, long after, int page) {
    var all = new ArrayList<Entry>();
    var entries = await(from.read(after, page));
    while (!entries.isEmpty()) {
      all.addAll(entries);
      entries = await(from.read(entries.getLast().position(), page));
    }
    return all;
  }

  static String messageId(Entry entry) {
    var text = new String(entry.payload(), StandardCharsets.UTF_8);
    int at = text.indexOf("\"messageId\":\"") + 13;
    return text.substring(at, text.indexOf('"', at));
  }

  final long count(String sql) {
    try (var session = database.connect();
        var rows = session.createStatement().executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  // ---- taking over

  @Test
  void takeOver_again_isBehindEveryPositionGivenOut() {
    long begin = await(log.takeOver());
    assertThat(begin).isPositive();
    await(log.append(batch(begin + 50, event("m1"), event("m2"))));
    long later = await(log.takeOver());
    assertThat(later).isGreaterThan(begin + 51);
    assertThat(await(log.takeOver())).as("nobody else's position").isGreaterThan(later);
  }

  @Test
  void takeOver_checkpointBeyondTheLog_isBehindItToo() {
    TestPostgres.execute(
        database, "insert into checkpoint (component, shard, position) values ('x', 3, 900)");
    assertThat(await(log.takeOver()))
        .as("a position is never given out twice, even if the log was emptied")
        .isGreaterThanOrEqualTo(900);
  }

  @Test
  void append_afterAnotherTookOver_isRefusedAndStoresNothing() {
    var other = opened();
    long begin = await(log.takeOver());
    long later = await(other.takeOver());
    assertThat(later).isGreaterThan(begin);
    assertThatThrownBy(() -> await(log.append(batch(begin + 1, event("m1")))))
        .isInstanceOf(Superseded.class);
    assertThat(await(other.append(batch(later + 1, event("m1"))))).containsExactly(later + 1);
    assertThat(readAll(other, 0, 10)).extracting(Entry::position).containsExactly(later + 1);
    await(other.takeOver());
    assertThat(readAll(other, 0, 10)).hasSize(1);
  }

  // ---- writing and reading

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
    assertThat(await(log.append(batch(begin + 5, event("m0"), event("m1"))))).isEmpty();
    assertThat(await(log.read(0, 10)))
        .extracting(Entry::position)
        .containsExactly(begin + 1, begin + 2, begin + 4);
  }

  @Test
  void append_knownToAnEarlierWriter_isKnown() {
    long begin = await(log.takeOver());
    await(log.append(batch(begin + 1, event("m1"))));
    var next = opened();
    long later = await(next.takeOver());
    assertThat(await(next.append(batch(later + 1, event("m1"), event("m2")))))
        .containsExactly(later + 2);
  }

  /** However it is asked for, from wherever: the same events in the same order. */
  @Test
  void read_anyPageFromAnyPosition_givesTheSameOrder() {
    var random = new SplittableRandom(14);
    var expected = new TreeMap<Long, String>();
    int sent = 0;
    for (int writer = 0; writer < 3; writer++) {
      var current = opened();
      long next = await(current.takeOver()) + 1;
      for (int i = 0; i < 12; i++) {
        var events = new ArrayList<Incoming>();
        for (int n = random.nextInt(1, 60); n > 0; n--) {
          events.add(beacons.event("d" + random.nextInt(9), "m" + sent));
          expected.put(next + events.size() - 1, "m" + sent++);
        }
        await(current.append(batch(next, events.toArray(Incoming[]::new))));
        next += events.size() + random.nextInt(3) * 5_000;
      }
      log = current;
    }
    assertThat(asMap(readAll(log, 0, 1_000))).isEqualTo(expected);
    assertThat(asMap(readAll(log, 0, 7))).isEqualTo(expected);
    var positions = new ArrayList<>(expected.keySet());
    for (int i = 0; i < 25; i++) {
      long after = positions.get(random.nextInt(positions.size())) - random.nextInt(2);
      int limit = random.nextInt(1, 90);
      var wanted = expected.tailMap(after, false).keySet().stream().limit(limit).toList();
      assertThat(await(log.read(after, limit))).extracting(Entry::position).isEqualTo(wanted);
    }
  }

  private static Map<Long, String> asMap(List<Entry> entries) {
    var map = new TreeMap<Long, String>();
    long last = -1;
    for (var entry : entries) {
      assertThat(entry.position()).isGreaterThan(last);
      last = entry.position();
      map.put(last, messageId(entry));
    }
    return map;
  }

  @Test
  void read_bySeveralAtOnce_givesEachTheirOwn() {
    long begin = await(log.takeOver());
    for (int i = 0; i < 20; i++) {
      await(log.append(batch(begin + 1 + i, event("m" + i))));
    }
    var pages = new ArrayList<Future<List<Entry>>>();
    for (int i = 0; i < 20; i++) {
      pages.add(log.read(begin + i, 3));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(await(pages.get(i)).getFirst().position()).isEqualTo(begin + i + 1);
    }
  }

  // ---- what is beside events

  @Test
  void append_countsAndLetters_areKept() {
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
    var letters = new PgDeadLetters(pool);
    assertThat(await(letters.find(new GetDeadLetters("shop", 10), 10)).letters()).hasSize(2);
    assertThat(await(letters.find(new GetDeadLetters("other", 10), 10)).letters()).isEmpty();
  }

  // ---- what messages say, and looking back

  @Test
  void append_knownMessageWithAnotherBody_canBeTold() {
    long begin = await(log.takeOver());
    var bodies = new PgMessageBodies(pool);
    await(log.append(batch(begin + 1, event("m1"), event("m2"))));
    var other = beacons.event("b", "m1");
    var second = batch(begin + 3, other, event("m2"), event("m3"));
    var fresh = await(log.append(second));
    assertThat(fresh).containsExactly(begin + 5);
    assertThat(await(bodies.reused(second, fresh))).containsExactly(begin + 3);
    assertThat(await(bodies.isReused(other.event()))).isTrue();
    assertThat(await(bodies.isReused(event("m2").event()))).isFalse();
    assertThat(await(bodies.isReused(event("m9").event()))).isFalse();
  }

  @Test
  void backwards_overGaps_isTheLogTurnedRound() {
    long begin = await(log.takeOver());
    var random = new SplittableRandom(7);
    long position = begin + 1;
    for (int i = 0; i < 30; i++) {
      await(log.append(batch(position, event("a" + i), event("b" + i))));
      position += 2 + (random.nextInt(3) == 0 ? random.nextInt(5_000) : 0);
    }
    var on = readAll(log, 0, 100).stream().map(Entry::position).toList();
    var back = new ArrayList<Long>();
    var reader = new Backwards(log);
    var page = await(reader.read(Long.MAX_VALUE, 7));
    while (!page.isEmpty()) {
      page.forEach(entry -> back.add(entry.position()));
      page = await(reader.read(page.getLast().position(), 7));
    }
    assertThat(back).isEqualTo(on.reversed()).hasSize(60);
  }

  /** Told that it failed, the sender comes again: then all of it counts, once. */
  @Test
  void append_failsAndComesAgain_countsOnce() {
    long begin = await(log.takeOver());
    TestPostgres.execute(
        database, "alter table dead_letter add constraint none check (reason <> 'forbidden')");
    var letter = new DeadLetter("shop", "ingest", "forbidden", "", "", 5, List.of(), "");
    var hour = CountKey.of("shop", "page", 0);
    var all = new Batch(List.of(event("m1")), begin + 1, Map.of(hour, 3L), List.of(letter));
    assertThatThrownBy(() -> await(log.append(all))).isInstanceOf(RuntimeException.class);
    assertThat(await(log.counts("shop"))).isEmpty();
    TestPostgres.execute(database, "alter table dead_letter drop constraint none");
    long later = await(log.takeOver());
    await(log.append(new Batch(all.events(), later + 1, all.counts(), all.deadLetters())));
    assertThat(await(log.counts("shop"))).isEqualTo(Map.of("page", 3L));
    assertThat(readAll(log, 0, 10)).hasSize(1);
    assertThat(count("select count(*) from dead_letter")).isEqualTo(1);
  }

  // ---- several writers

  /**
   * The log changes hands again and again, also in the middle of an append. Messages go out again,
   * to whoever has it then, until one says that they are in: each is, once.
   */
  @Test
  void appends_whileTheLogChangesHands_loseAndDoubleNothing() {
    var random = new SplittableRandom(141);
    var writers = List.of(opened(), opened(), opened());
    var next = new HashMap<EventLog, Long>();
    EventLog holder = writers.getFirst();
    next.put(holder, await(holder.takeOver()) + 1);
    int superseded = 0;
    for (int round = 0; round < 60; round++) {
      var pending = new ArrayList<Incoming>();
      for (int i = random.nextInt(1, 9); i > 0; i--) {
        pending.add(beacons.event("d" + random.nextInt(5), "m" + round + "-" + i));
      }
      while (true) {
        long first = next.get(holder);
        if (random.nextInt(3) == 0) {
          var other = writers.get(random.nextInt(3));
          boolean ahead = random.nextBoolean(); // either may reach the database first
          var early = ahead ? other.takeOver() : Future.succeededFuture(0L);
          var append = log(holder, first, pending);
          var taken = ahead ? early : other.takeOver();
          boolean acknowledged = await(append.transform(Future::succeededFuture)).succeeded();
          next.put(other, await(taken) + 1);
          holder = other;
          if (acknowledged) {
            break;
          }
          superseded++;
          continue;
        }
        await(log(holder, first, pending));
        next.put(holder, first + pending.size());
        break;
      }
    }
    assertThat(superseded).as("the fault was felt").isPositive();
    var ids = readAll(holder, 0, 100).stream().map(EventLogContract::messageId).toList();
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(ids).hasSize((int) count("select count(*) from message_seen"));
    for (int round = 0; round < 60; round++) {
      assertThat(ids).contains("m" + round + "-1");
    }
    var again = opened();
    await(again.takeOver());
    assertThat(readAll(again, 0, 33).stream().map(EventLogContract::messageId)).isEqualTo(ids);
  }

  private Future<?> log(EventLog holder, long first, List<Incoming> events) {
    return holder.append(batch(first, events.toArray(Incoming[]::new)));
  }
}
