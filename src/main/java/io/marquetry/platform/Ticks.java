package io.marquetry.platform;

import java.util.concurrent.TimeUnit;

/**
 * The clock that waits and leases are measured by. It never goes back, runs whatever the time of
 * day is set to, and where it begins means nothing.
 */
@FunctionalInterface
public interface Ticks {
  /** This machine's. */
  Ticks SYSTEM = System::nanoTime;

  long nanos();

  default long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos());
  }
}
