package io.marquetry.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;

/** Bounds the connections of one event loop; those beyond are closed at once. */
final class ConnectionLimit implements Handler<HttpConnection> {
  private final int limit;
  private int open;

  ConnectionLimit(int limit) {
    this.limit = limit;
  }

  @Override
  public void handle(HttpConnection connection) {
    if (open >= limit) {
      connection.close();
      return;
    }
    open++;
    connection.closeHandler(closed -> open--);
  }
}
