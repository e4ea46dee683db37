package io.marquetry.catalogue;

import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.CatalogueMessage.AuditEntry;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.Past;
import io.marquetry.bus.CatalogueMessage.QueryAudit;
import io.marquetry.catalogue.core.Definitions;
import io.marquetry.catalogue.core.Definitions.Latest;
import io.marquetry.catalogue.core.StoredKey;
import io.marquetry.platform.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue in PostgreSQL.
 *
 * <p>Every change moves the revision on from the one it was made against, in the same transaction
 * as the change and its audit entry; where the revision is another by now, nothing is changed.
 */
final class PgCatalogueStore {
  private static final String LATEST =
      """
      select distinct on (kind, key) kind, key, version, body::text as body, deleted
      from definition order by kind, key, version desc\
      """;
  private static final String LATEST_AT =
      """
      select distinct on (kind, key) kind, key, version, body::text as body, deleted
      from definition
      where revision <= (select revision from catalogue_content where version = $1)
      order by kind, key, version desc\
      """;
  private static final String ADD_CONTENT =
      """
      insert into catalogue_content (version, revision) values ($1, $2)
      on conflict do nothing\
      """;
  private static final String KEYS =
      """
      select id, hash, site, kind, name, created_at, revoked_at
      from write_key order by created_at, id\
      """;
  private static final String HISTORY =
      """
      select version, body::text as body, deleted, actor, at
      from definition where kind = $1 and key = $2 order by version desc limit 1000\
      """;
  private static final String ADVANCE =
      "update catalogue_revision set revision = $1::bigint + 1 where revision = $1";
  private static final String ADD_DEFINITION =
      """
      insert into definition (kind, key, version, body, deleted, actor, at, revision)
      values ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8)\
      """;
  private static final String ADD_KEY =
      """
      insert into write_key (id, hash, site, kind, name, created_at)
      values ($1, $2, $3, $4, $5, $6)\
      """;
  private static final String REVOKE =
      "update write_key set revoked_at = $2 where id = $1 and revoked_at is null";
  private static final String ADD_AUDIT =
      """
      insert into audit (at, actor, operation, target, before, after)
      values ($1, $2, $3, $4, $5::text::jsonb, $6::text::jsonb)\
      """;
  private static final String TRAIL =
      """
      select id, at, actor, operation, target, before::text as before, after::text as after
      from audit
      where ($1::text is null or actor = $1) and ($2::text is null or operation = $2)
        and ($3::text is null or target = $3)
        and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
      order by id desc limit $6\
      """;

  private final Pool pool;

  PgCatalogueStore(Pool pool) {
    this.pool = pool;
  }

  /** Everything that is stored, of one moment. */
  record Stored(long revision, Definitions definitions, List<StoredKey> keys) {}

  /** Somebody else wrote in between; what is held in memory is out of date. */
  static final class Overtaken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Overtaken() {
      super("the stored catalogue was changed by somebody else", null, false, false);
    }
  }

  Future<Stored> load() {
    return pool.withTransaction(
        connection ->
            connection
                .query("set transaction isolation level repeatable read read only")
                .execute()
                .compose(set -> readAll(connection)));
  }

  private static Future<Stored> readAll(SqlConnection connection) {
    var revision = connection.query("select revision from catalogue_revision").execute();
    var latest = connection.query(LATEST).execute();
    var keys = connection.query(KEYS).execute();
    return Future.all(revision, latest, keys)
        .map(
            read ->
                new Stored(
                    revision.result().iterator().next().getLong("revision"),
                    Definitions.of(list(latest.result(), PgCatalogueStore::latest)),
                    list(keys.result(), PgCatalogueStore::key)));
  }

  /**
   * Stores a new version of a definition. Fails with {@link Overtaken}.
   *
   * @param content content version of all definitions with it
   */
  Future<Void> put(long revision, Latest latest, String content, Audit audit, Instant at) {
    var body = latest.body();
    var row =
        Tuple.tuple()
            .addString(latest.kind().key())
            .addString(latest.key())
            .addInteger(latest.version())
            .addString(Json.writeText(body == null ? Map.of() : body))
            .addBoolean(body == null)
            .addString(audit.actor())
            .addOffsetDateTime(utc(at))
            .addLong(revision + 1);
    return change(
        revision,
        audit,
        at,
        connection ->
            Future.join(
                run(connection, ADD_DEFINITION, row),
                run(connection, ADD_CONTENT, Tuple.of(content, revision + 1))));
  }

  Future<Void> addKey(long revision, StoredKey key, Audit audit, Instant at) {
    var row =
        Tuple.of(
            UUID.fromString(key.id()), key.hash(), key.site(), key.kind(), key.name(), utc(at));
    return change(revision, audit, at, connection -> run(connection, ADD_KEY, row));
  }

  Future<Void> revokeKey(long revision, String id, Audit audit, Instant at) {
    var row = Tuple.of(UUID.fromString(id), utc(at));
    return change(revision, audit, at, connection -> run(connection, REVOKE, row));
  }

  /** All is sent at once: to wait for each answer would take several times as long under load. */
  private Future<Void> change(
      long revision, Audit audit, Instant at, Function<SqlConnection, Future<?>> change) {
    return pool.withTransaction(
        connection -> {
          var advanced = run(connection, ADVANCE, Tuple.of(revision));
          var changed = change.apply(connection);
          var audited = run(connection, ADD_AUDIT, auditRow(audit, at));
          var all = Future.join(advanced, changed, audited).<Void>mapEmpty();
          return all.transform(
              done -> isOvertaken(advanced) ? Future.failedFuture(new Overtaken()) : all);
        });
  }

  /** Whatever else failed then, this is why. */
  private static boolean isOvertaken(Future<RowSet<Row>> advanced) {
    return advanced.succeeded() && advanced.result().rowCount() == 0;
  }

  /** Notes what is defined under its content version, where that is not known. */
  Future<Void> remember(String content, long revision) {
    return pool.preparedQuery(ADD_CONTENT).execute(Tuple.of(content, revision)).mapEmpty();
  }

  /** What was defined under a content version; nothing where that is not known. */
  Future<Definitions> at(String content) {
    return pool.preparedQuery(LATEST_AT)
        .execute(Tuple.of(content))
        .map(rows -> Definitions.of(list(rows, PgCatalogueStore::latest)));
  }

  /** Adds an audit entry for a change that is made elsewhere. */
  Future<Void> audit(Audit audit, Instant at) {
    return pool.preparedQuery(ADD_AUDIT).execute(auditRow(audit, at)).mapEmpty();
  }

  Future<List<AuditEntry>> trail(QueryAudit query) {
    var filter =
        Tuple.tuple()
            .addString(query.actor())
            .addString(query.operation())
            .addString(query.target())
            .addOffsetDateTime(utc(query.from()))
            .addOffsetDateTime(utc(query.to()))
            .addInteger(query.limit());
    return pool.preparedQuery(TRAIL)
        .execute(filter)
        .map(rows -> list(rows, PgCatalogueStore::entry));
  }

  Future<List<Past>> history(Kind kind, String key) {
    return pool.preparedQuery(HISTORY)
        .execute(Tuple.of(kind.key(), key))
        .map(rows -> list(rows, PgCatalogueStore::past));
  }

  Future<Void> close() {
    return pool.close();
  }

  private static Future<RowSet<Row>> run(SqlConnection connection, String sql, Tuple row) {
    return connection.preparedQuery(sql).execute(row);
  }

  private static Tuple auditRow(Audit audit, Instant at) {
    return Tuple.tuple()
        .addOffsetDateTime(utc(at))
        .addString(audit.actor())
        .addString(audit.operation())
        .addString(audit.target())
        .addString(json(audit.before()))
        .addString(json(audit.after()));
  }

  private static Latest latest(Row row) {
    return new Latest(
        Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        row.getString("key"),
        row.getInteger("version"),
        row.getBoolean("deleted") ? null : Json.readOwn(row.getString("body")));
  }

  private static StoredKey key(Row row) {
    return new StoredKey(
        row.getUUID("id").toString(),
        row.getString("hash"),
        row.getString("site"),
        row.getString("kind"),
        row.getString("name"),
        millis(row.getOffsetDateTime("created_at")),
        row.getOffsetDateTime("revoked_at") == null
            ? null
            : millis(row.getOffsetDateTime("revoked_at")));
  }

  private static Past past(Row row) {
    return new Past(
        row.getInteger("version"),
        Json.readOwn(row.getString("body")),
        row.getBoolean("deleted"),
        row.getString("actor"),
        millis(row.getOffsetDateTime("at")));
  }

  private static AuditEntry entry(Row row) {
    return new AuditEntry(
        row.getLong("id"),
        millis(row.getOffsetDateTime("at")),
        new Audit(
            row.getString("actor"),
            row.getString("operation"),
            row.getString("target"),
            object(row.getString("before")),
            object(row.getString("after"))));
  }

  private static <T> List<T> list(RowSet<Row> rows, Function<Row, T> read) {
    var list = new ArrayList<T>(rows.size());
    rows.forEach(row -> list.add(read.apply(row)));
    return list;
  }

  private static @Nullable String json(@Nullable Map<String, Object> value) {
    return value == null ? null : Json.writeText(value);
  }

  private static @Nullable Map<String, Object> object(@Nullable String json) {
    return json == null ? null : Json.readOwn(json);
  }

  private static long millis(OffsetDateTime at) {
    return at.toInstant().toEpochMilli();
  }

  private static OffsetDateTime utc(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable OffsetDateTime utc(@Nullable Long millis) {
    return millis == null ? null : utc(Instant.ofEpochMilli(millis));
  }
}
