package io.marquetry.platform;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.concurrent.TimeUnit;

/** Pools of connections to PostgreSQL with every bound set. */
public final class Pg {
  private static final int MAX_WAITING = 1_000;
  private static final int PATIENCE_SECONDS = 5;

  private Pg() {}

  /**
   * A pool of its own for a component: one component's backlog is not another's.
   *
   * @param size most connections held
   */
  public static Pool pool(Vertx vertx, PgConnectOptions database, String component, int size) {
    var connect =
        new PgConnectOptions(database)
            .setCachePreparedStatements(true)
            .setPreparedStatementCacheMaxSize(64)
            .addProperty("application_name", "marquetry-" + component);
    connect.setReconnectAttempts(0);
    var pool =
        new PoolOptions()
            .setMaxSize(size)
            .setMaxWaitQueueSize(MAX_WAITING)
            .setConnectionTimeout(PATIENCE_SECONDS)
            .setConnectionTimeoutUnit(TimeUnit.SECONDS);
    return PgBuilder.pool().with(pool).connectingTo(connect).using(vertx).build();
  }
}
