package io.marquetry.bench;

import io.marquetry.bench.Order.Stream;
import java.io.IOException;

/** Begins the next request when one is answered: finds out how much a server can take. */
final class ClosedFlow extends Flow {
  private long end;

  ClosedFlow(Stream stream) {
    super(stream);
  }

  @Override
  void begin(long now, long until) throws IOException {
    super.begin(now, until);
    end = until;
    while (!idle.isEmpty()) {
      busy++;
      next(idle.remove(), now);
    }
  }

  @Override
  long tick(long now) {
    return Long.MAX_VALUE;
  }

  @Override
  void answered(Connection connection, long now) throws IOException {
    if (accept(connection, now)) {
      record("latency", now - connection.due);
      record("first", connection.firstByte - connection.due);
    }
    if (now < end) {
      next(connection, now);
    } else {
      busy--;
    }
  }

  private void next(Connection connection, long now) throws IOException {
    connection.due = now;
    connection.send(template, number++);
  }

  @Override
  long waiting() {
    return 0;
  }
}
