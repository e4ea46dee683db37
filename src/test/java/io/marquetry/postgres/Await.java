package io.marquetry.postgres;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what another process does, which nobody reports to us. */
final class Await {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Await() {}

  static void until(String what, Supplier<?> value, Object expected) {
    var deadline = System.nanoTime() + LIMIT.toNanos();
    while (!Objects.equals(normal(value.get()), normal(expected))) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what + "; now " + value.get());
      }
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static Object normal(Object value) {
    return value instanceof Number number ? (Object) number.longValue() : value;
  }
}
