package io.marquetry.experimentation;

import io.marquetry.bus.ExperimentationMessage.Purged;
import io.marquetry.experimentation.core.Bandit;
import io.marquetry.experimentation.core.Epoch;
import io.marquetry.experimentation.core.EpochBody;
import io.marquetry.experimentation.core.Evidence;
import io.marquetry.experimentation.core.Exposure;
import io.marquetry.experimentation.core.Tally;
import io.marquetry.experimentation.core.Won;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Exposures, rewards and epochs in PostgreSQL. */
final class PgBanditStore {
  private static final int SETTLED_AT_ONCE = 20_000;
  private static final int PURGED_AT_ONCE = 20_000;

  private static final String CHECKPOINT =
      "select position from checkpoint where component = 'experimentation' and shard = 0";

  /**
   * Who was shown something and still has time to answer is not shown it a first time again. Says
   * who was never shown anything before: the statement does not see its own rows.
   */
  private static final String EXPOSE =
      """
      with stored as (
      insert into bandit_exposure
        (bandit, profile, at, due, decision, epoch, context, arm, propensity, eligible)
      select bandit, profile, at, due, decision, epoch, context, arm, propensity,
             string_to_array(eligible, '+')
        from (select distinct on (bandit, profile) *
                from unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::uuid[],
                            $6::bigint[], $7::text[], $8::text[], $9::float8[], $10::text[])
                  as t(bandit, profile, at, due, decision, epoch, context, arm, propensity,
                       eligible)
               order by bandit, profile, at) as first
       where not exists (select 1 from bandit_exposure e
                          where e.bandit = first.bandit and e.profile = first.profile
                            and e.due > first.at)
      on conflict do nothing
      returning bandit, profile, at)
      select bandit, profile, at from stored
       where not exists (select 1 from bandit_exposure e
                          where e.bandit = stored.bandit and e.profile = stored.profile)
      """;

  /** One statement, hence one transaction: rewards are there if and only if the position is. */
  private static final String REWARD =
      """
      with won as (
        insert into bandit_reward (bandit, position, profile, at, value)
        select * from unnest($1::text[], $2::bigint[], $3::uuid[], $4::bigint[], $5::float8[])
        on conflict do nothing)
      insert into checkpoint (component, shard, position) values ('experimentation', 0, $6)
      on conflict (component, shard)
      do update set position = greatest(checkpoint.position, excluded.position)
      """;

  /** A reward goes to the earliest exposure that it may be of, and to no other. */
  private static final String SETTLE =
      """
      with over as (
        select profile, at, due from bandit_exposure
         where bandit = $1 and settled is null and due <= $2 order by due limit $3),
      claim as (
        select distinct on (r.position) r.position, r.value, o.profile, o.at
          from over o join bandit_reward r
            on r.bandit = $1 and r.profile = o.profile and r.at >= o.at and r.at < o.due
         where not r.claimed
         order by r.position, o.at),
      claimed as (
        update bandit_reward r set claimed = true from claim c
         where r.bandit = $1 and r.position = c.position),
      won as (select profile, at, sum(value) as value from claim group by profile, at),
      settled as (
        update bandit_exposure e
           set settled = $4,
               reward = case when $5 then coalesce(w.value, 0) else (w.value is not null)::int end
          from over o left join won w on w.profile = o.profile and w.at = o.at
         where e.bandit = $1 and e.profile = o.profile and e.at = o.at
        returning e.context, e.arm, e.reward)
      select context, arm, count(*), sum(reward), sum(reward * reward)
        from settled group by context, arm order by context, arm
      """;

  private static final String EPOCHS =
      "select bandit, epoch, at, body::text from bandit_epoch where bandit = $1"
          + " order by epoch desc limit $2";
  private static final String LATEST =
      "select distinct on (bandit) bandit, epoch, at, body::text from bandit_epoch"
          + " order by bandit, epoch desc";
  private static final String CLOSE =
      "insert into bandit_epoch (bandit, epoch, at, body) values ($1, $2, $3, $4::text::json)";

  private static final String SETTLED =
      """
      select profile, context, arm, propensity, eligible, reward from bandit_exposure
       where bandit = $1 and settled is not null and at >= $2 and at < $3
       order by at desc limit $4
      """;

  private static final String OLD_EXPOSURES =
      """
      delete from bandit_exposure where ctid in
        (select ctid from bandit_exposure where at < $1 limit $2)
      """;
  private static final String OLD_REWARDS =
      """
      delete from bandit_reward where ctid in
        (select ctid from bandit_reward where at < $1 limit $2)
      """;
  private static final String OLD_EPOCHS =
      """
      delete from bandit_epoch where ctid in
        (select old.ctid from bandit_epoch old
          where at < $1 and exists (select 1 from bandit_epoch newer
                                     where newer.bandit = old.bandit and newer.epoch > old.epoch)
          limit $2)
      """;

  private final Pool pool;

  PgBanditStore(Pool pool) {
    this.pool = pool;
  }

  /** How far in the log rewards were looked for; -1 where never. */
  Future<Long> checkpoint() {
    return pool.query(CHECKPOINT)
        .execute()
        .map(rows -> rows.size() == 0 ? -1L : rows.iterator().next().getLong(0));
  }

  /** The newest epoch of every bandit there ever was. */
  Future<List<Epoch>> latest() {
    return pool.query(LATEST).execute().map(PgBanditStore::epochs);
  }

  /** Epochs of a bandit, newest first. */
  Future<List<Epoch>> history(String bandit, int limit) {
    return pool.preparedQuery(EPOCHS).execute(Tuple.of(bandit, limit)).map(PgBanditStore::epochs);
  }

  private static List<Epoch> epochs(RowSet<Row> rows) {
    var epochs = new ArrayList<Epoch>();
    for (var row : rows) {
      epochs.add(
          EpochBody.read(
              row.getString(0), row.getLong(1), row.getLong(2), Json.readOwn(row.getString(3))));
    }
    return epochs;
  }

  /** Stores exposures; those of visitors whom that bandit never showed anything come back. */
  Future<List<Exposure>> expose(List<Exposure> exposures) {
    var row =
        Tuple.tuple()
            .addArrayOfString(texts(exposures, Exposure::bandit))
            .addArrayOfUUID(uuids(exposures, Exposure::profile))
            .addArrayOfLong(longs(exposures, Exposure::at))
            .addArrayOfLong(longs(exposures, Exposure::due))
            .addArrayOfUUID(uuids(exposures, Exposure::decision))
            .addArrayOfLong(longs(exposures, Exposure::epoch))
            .addArrayOfString(texts(exposures, Exposure::context))
            .addArrayOfString(texts(exposures, Exposure::arm))
            .addArrayOfDouble(exposures.stream().map(Exposure::propensity).toArray(Double[]::new))
            .addArrayOfString(texts(exposures, one -> String.join("+", one.eligible())));
    return pool.preparedQuery(EXPOSE).execute(row).map(rows -> among(exposures, rows));
  }

  private static List<Exposure> among(List<Exposure> exposures, RowSet<Row> rows) {
    var newcomers = new HashSet<Newcomer>();
    rows.forEach(
        row -> newcomers.add(new Newcomer(row.getString(0), id(row.getUUID(1)), row.getLong(2))));
    return exposures.stream()
        .filter(one -> newcomers.remove(new Newcomer(one.bandit(), one.profile(), one.at())))
        .toList();
  }

  private record Newcomer(String bandit, Id128 profile, long at) {}

  /** Takes over rewards, and that the log was read up to a position. */
  Future<Void> reward(List<Won> rewards, long position) {
    var rows = new ArrayList<Won>();
    for (var won : rewards) {
      won.profiles()
          .forEach(
              profile ->
                  rows.add(
                      new Won(
                          won.bandit(), won.position(), List.of(profile), won.at(), won.value())));
    }
    var row =
        Tuple.tuple()
            .addArrayOfString(texts(rows, Won::bandit))
            .addArrayOfLong(longs(rows, Won::position))
            .addArrayOfUUID(uuids(rows, won -> won.profiles().getFirst()))
            .addArrayOfLong(longs(rows, Won::at))
            .addArrayOfDouble(rows.stream().map(Won::value).toArray(Double[]::new))
            .addLong(position);
    return pool.preparedQuery(REWARD).execute(row).mapEmpty();
  }

  /**
   * Settles what is due and keeps the epoch that comes of it; both or neither.
   *
   * @param due exposures due by then, milliseconds since the epoch
   * @param epoch number of the next epoch
   * @param next makes it of what was settled; an epoch of another number is not kept
   */
  Future<Epoch> close(Bandit bandit, long due, long epoch, Function<Evidence, Future<Epoch>> next) {
    return pool.withTransaction(
        connection ->
            settle(connection, bandit, due, epoch, Evidence.NONE)
                .compose(next)
                .compose(
                    made ->
                        made.table().epoch() == epoch
                            ? keep(connection, made).map(made)
                            : Future.succeededFuture(made)));
  }

  private static Future<Evidence> settle(
      SqlClient connection, Bandit bandit, long due, long epoch, Evidence before) {
    boolean amounts = bandit.spec().reward().value() != null;
    return connection
        .preparedQuery(SETTLE)
        .execute(Tuple.of(bandit.key(), due, SETTLED_AT_ONCE, epoch, amounts))
        .compose(
            rows -> {
              var batch = evidence(rows);
              var all = before.plus(batch);
              return batch.all().count() < SETTLED_AT_ONCE
                  ? Future.succeededFuture(all)
                  : settle(connection, bandit, due, epoch, all);
            });
  }

  private static Evidence evidence(RowSet<Row> rows) {
    var tallies = new LinkedHashMap<String, Map<String, Tally>>();
    for (var row : rows) {
      tallies
          .computeIfAbsent(row.getString(0), first -> new LinkedHashMap<>())
          .put(row.getString(1), new Tally(row.getLong(2), row.getDouble(3), row.getDouble(4)));
    }
    return new Evidence(tallies);
  }

  private static Future<Void> keep(SqlClient connection, Epoch epoch) {
    var table = epoch.table();
    return connection
        .preparedQuery(CLOSE)
        .execute(
            Tuple.of(
                table.bandit(), table.epoch(), epoch.at(), Json.writeText(EpochBody.write(epoch))))
        .mapEmpty();
  }

  /** What came of exposures between two times, newest first. */
  Future<List<Settled>> settled(String bandit, long from, long to, int limit) {
    return pool.preparedQuery(SETTLED)
        .execute(Tuple.of(bandit, from, to, limit))
        .map(
            rows -> {
              var settled = new ArrayList<Settled>(rows.size());
              for (var row : rows) {
                settled.add(
                    new Settled(
                        id(row.getUUID(0)),
                        row.getString(1),
                        row.getString(2),
                        row.getDouble(3),
                        List.of(row.getArrayOfStrings(4)),
                        row.getDouble(5)));
              }
              return settled;
            });
  }

  /** Removes everything held of these; what was learnt of many stays. */
  Future<Void> forget(List<Id128> profiles) {
    var ids = Tuple.tuple().addArrayOfUUID(uuids(profiles, profile -> profile));
    return pool.preparedQuery("delete from bandit_exposure where profile = any($1)")
        .execute(ids)
        .compose(
            done ->
                pool.preparedQuery("delete from bandit_reward where profile = any($1)")
                    .execute(ids))
        .mapEmpty();
  }

  /**
   * Removes what is older than is of use, however much it is; the newest epoch of a bandit stays.
   * Times are milliseconds since the epoch.
   */
  Future<Purged> purge(long exposuresBefore, long rewardsBefore, long epochsBefore) {
    return purge(OLD_EXPOSURES, exposuresBefore, 0)
        .compose(
            exposures ->
                purge(OLD_REWARDS, rewardsBefore, 0)
                    .compose(
                        rewards ->
                            purge(OLD_EPOCHS, epochsBefore, 0)
                                .map(epochs -> new Purged(exposures, rewards, epochs))));
  }

  private Future<Long> purge(String sql, long before, long removed) {
    return pool.preparedQuery(sql)
        .execute(Tuple.of(before, PURGED_AT_ONCE))
        .compose(
            rows -> {
              long all = removed + rows.rowCount();
              return rows.rowCount() < PURGED_AT_ONCE
                  ? Future.succeededFuture(all)
                  : purge(sql, before, all);
            });
  }

  Future<Void> close() {
    return pool.close();
  }

  private static <T> String[] texts(List<T> rows, Function<T, String> column) {
    return rows.stream().map(column).toArray(String[]::new);
  }

  private static <T> Long[] longs(List<T> rows, Function<T, Long> column) {
    return rows.stream().map(column).toArray(Long[]::new);
  }

  private static <T> UUID[] uuids(List<T> rows, Function<T, @Nullable Id128> column) {
    return rows.stream()
        .map(column)
        .map(id -> id == null ? null : new UUID(id.high(), id.low()))
        .toArray(UUID[]::new);
  }

  private static Id128 id(UUID uuid) {
    return new Id128(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }
}
