package io.marquetry.bench;

import io.marquetry.bench.Order.Stream;
import java.io.IOException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Begins requests at random times of a given rate, whatever becomes of those before, as visitors
 * do. Times are counted from when a request was due, so that a server which stalls is charged for
 * everybody who waited meanwhile.
 *
 * <p>Where the stream has a second request, each first one that is answered is followed by it on
 * the same connection, again and again until its answer shows what is waited for.
 */
final class OpenFlow extends Flow {
  private static final long SEED = 20_251_122;
  private static final long PATIENCE = 2_000_000_000L;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final @Nullable Template then;
  private final @Nullable Pattern figure;
  private long nextDue;
  private long end;
  private boolean over;

  OpenFlow(Stream stream) {
    super(stream);
    then = stream.then() == null ? null : Template.of(stream.then());
    figure =
        stream.figure().isEmpty()
            ? null
            : Pattern.compile(".*\"" + stream.figure() + "\":([0-9.]+)", Pattern.DOTALL);
  }

  @Override
  int longest() {
    return Math.max(super.longest(), then == null ? 0 : then.length());
  }

  @Override
  void begin(long now, long until) throws IOException {
    super.begin(now, until);
    end = until;
    nextDue = now;
  }

  @Override
  long tick(long now) throws IOException {
    while (nextDue <= now && !idle.isEmpty() && !done()) {
      var connection = idle.remove();
      busy++;
      connection.due = nextDue;
      connection.following = false;
      connection.send(template, number++);
      nextDue += gap();
    }
    return done() ? Long.MAX_VALUE : idle.isEmpty() ? Long.MAX_VALUE : nextDue;
  }

  private boolean done() {
    over = over || nextDue >= end;
    return over;
  }

  /** Independent visitors arrive at exponentially distributed distances. */
  private long gap() {
    return (long) (-Math.log(1 - random.nextDouble()) * 1e9 / stream.rate());
  }

  @Override
  long waiting() {
    return over ? 0 : (long) (Math.max(0, end - nextDue) / 1e9 * stream.rate()) + 1;
  }

  @Override
  void answered(Connection connection, long now) throws IOException {
    if (connection.following) {
      followed(connection, now);
      return;
    }
    if (!accept(connection, now)) {
      free(connection);
      return;
    }
    record("latency", now - connection.due);
    record("first", connection.firstByte - connection.due);
    collect(connection);
    if (then == null) {
      free(connection);
    } else {
      connection.acknowledged = now;
      connection.following = true;
      connection.send(then, connection.number);
    }
  }

  private void followed(Connection connection, long now) throws IOException {
    var body = connection.answer().body();
    if (connection.answer().succeeded() && body.contains(stream.until())) {
      record("shown", now - connection.due);
      record("after", now - connection.acknowledged);
      free(connection);
    } else if (connection.answer().succeeded() && now - connection.acknowledged < PATIENCE) {
      connection.send(Objects.requireNonNull(then), connection.number);
    } else {
      reject("no answer with " + stream.until() + " but: " + body);
      free(connection);
    }
  }

  private void collect(Connection connection) {
    if (figure == null) {
      return;
    }
    var found = figure.matcher(connection.answer().body());
    if (found.lookingAt()) {
      record("figure", Math.round(Double.parseDouble(found.group(1)) * 1e6));
    } else {
      reject("an answer without " + stream.figure());
    }
  }

  private void free(Connection connection) {
    busy--;
    idle.add(connection);
  }
}
