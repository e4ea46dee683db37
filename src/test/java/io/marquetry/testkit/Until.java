package io.marquetry.testkit;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for something to become true: looks often, and gives up at a deadline. */
public final class Until {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long LOOK_NANOS = 10_000_000;

  private Until() {}

  /** What is waited for; may fail with an assertion, which then tells why it never came true. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** What is asserted until it holds. */
  @FunctionalInterface
  public interface Assertion {
    void check() throws Exception;
  }

  /** Waits until it holds, at most twenty seconds. */
  public static void until(String what, Condition condition) {
    until(what, PATIENCE, condition);
  }

  /** Waits until it holds. */
  public static void until(String what, Duration patience, Condition condition) {
    untilAsserted(
        what,
        patience,
        () -> {
          if (!condition.holds()) {
            fail("not yet: " + what);
          }
        });
  }

  /** Waits until nothing is thrown any more, at most twenty seconds. */
  public static void untilAsserted(String what, Assertion assertion) {
    untilAsserted(what, PATIENCE, assertion);
  }

  /** Waits until nothing is thrown any more. */
  public static void untilAsserted(String what, Duration patience, Assertion assertion) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        assertion.check();
        return;
      } catch (Exception | AssertionError e) {
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError("waited %s for: %s".formatted(patience, what), e);
        }
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
