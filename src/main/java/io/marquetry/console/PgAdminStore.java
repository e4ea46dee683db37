package io.marquetry.console;

import io.marquetry.console.core.AdminUser;
import io.marquetry.console.core.Role;
import io.marquetry.console.core.Sessions.Session;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Users and their sessions in PostgreSQL. Deleting a user deletes their sessions. */
final class PgAdminStore {
  private static final String USERS =
      "select name, password_hash, roles, disabled, created_at from admin_user";
  private static final String SESSIONS =
      "select token_hash, name, expires_at, created_at from admin_session";
  private static final String FIRST_USER =
      """
      insert into admin_user (name, password_hash, roles, disabled, created_at)
      values ($1, $2, $3, $4, $5) on conflict do nothing""";
  private static final String PUT_USER =
      """
      insert into admin_user (name, password_hash, roles, disabled, created_at)
      values ($1, $2, $3, $4, $5)
      on conflict (name) do update set password_hash = excluded.password_hash,
        roles = excluded.roles, disabled = excluded.disabled""";
  private static final String DELETE_USER = "delete from admin_user where name = $1";
  private static final String ADD_SESSION =
      """
      insert into admin_session (token_hash, name, expires_at, created_at)
      values ($1, $2, $3, $4)""";
  private static final String TOUCH_SESSION =
      "update admin_session set expires_at = $2 where token_hash = $1";
  private static final String END_SESSIONS = "delete from admin_session where token_hash = any($1)";

  private final Pool pool;

  PgAdminStore(Pool pool) {
    this.pool = pool;
  }

  Future<List<AdminUser>> users() {
    return pool.query(USERS).execute().map(rows -> list(rows, PgAdminStore::user));
  }

  Future<List<Session>> sessions() {
    return pool.query(SESSIONS).execute().map(rows -> list(rows, PgAdminStore::session));
  }

  /** Adds the first user; false where another process was faster. */
  Future<Boolean> addFirst(AdminUser user) {
    return pool.preparedQuery(FIRST_USER).execute(row(user)).map(added -> added.rowCount() == 1);
  }

  Future<Void> put(AdminUser user) {
    return pool.preparedQuery(PUT_USER).execute(row(user)).mapEmpty();
  }

  Future<Void> delete(String name) {
    return pool.preparedQuery(DELETE_USER).execute(Tuple.of(name)).mapEmpty();
  }

  Future<Void> add(Session session) {
    return pool.preparedQuery(ADD_SESSION)
        .execute(
            Tuple.of(
                session.id(), session.user(), time(session.expiresAt()), time(session.createdAt())))
        .mapEmpty();
  }

  Future<Void> touch(Session session) {
    return pool.preparedQuery(TOUCH_SESSION)
        .execute(Tuple.of(session.id(), time(session.expiresAt())))
        .mapEmpty();
  }

  Future<Void> end(List<String> sessions) {
    return sessions.isEmpty()
        ? Future.succeededFuture()
        : pool.preparedQuery(END_SESSIONS)
            .execute(Tuple.of(sessions.toArray(String[]::new)))
            .mapEmpty();
  }

  Future<Void> close() {
    return pool.close();
  }

  private static Tuple row(AdminUser user) {
    return Tuple.of(
        user.name(),
        user.passwordHash(),
        user.actor().roleKeys().toArray(String[]::new),
        user.disabled(),
        time(user.createdAt()));
  }

  private static AdminUser user(Row row) {
    return new AdminUser(
        row.getString("name"),
        row.getString("password_hash"),
        Role.parse(List.of(row.getArrayOfStrings("roles"))),
        row.getBoolean("disabled"),
        millis(row.getOffsetDateTime("created_at")));
  }

  private static Session session(Row row) {
    return new Session(
        row.getString("token_hash"),
        row.getString("name"),
        millis(row.getOffsetDateTime("created_at")),
        millis(row.getOffsetDateTime("expires_at")));
  }

  private static <T> List<T> list(RowSet<Row> rows, Function<Row, T> read) {
    var list = new ArrayList<T>(rows.size());
    rows.forEach(row -> list.add(read.apply(row)));
    return list;
  }

  private static OffsetDateTime time(long millis) {
    return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }

  private static long millis(OffsetDateTime time) {
    return time.toInstant().toEpochMilli();
  }
}
