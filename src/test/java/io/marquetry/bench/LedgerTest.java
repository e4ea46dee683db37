package io.marquetry.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bench.Order.Outcome;
import io.marquetry.bench.Row.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A row fails for events that are lost, and not for such as nobody was promised. */
class LedgerTest {
  private static Row check(long answered, long bad, long logged) {
    var ledger = new Ledger();
    ledger.add(new Outcome("warm-up", 40, 0, 0, "", 1, Map.of()), 2);
    ledger.add(new Outcome("run", answered, bad, 0, bad > 0 ? "status 503" : "", 1, Map.of()), 2);
    assertThat(ledger.acknowledged()).isEqualTo(80 + 2 * answered);
    return ledger.check(new Row("row", "goal").holds(true), logged);
  }

  @ParameterizedTest
  @CsvSource({
    "10, 0, 100, MET",
    "10, 0, 99, FAILED",
    "10, 0, 101, FAILED",
    "10, 3, 100, MET",
    "10, 3, 106, MET",
    "10, 3, 99, FAILED",
    "10, 3, 107, FAILED",
  })
  void check_logged_mustHoldAllThatWasAcknowledgedAndNoMoreThanWasSent(
      long answered, long bad, long logged, Verdict verdict) {
    assertThat(check(answered, bad, logged).verdict()).isEqualTo(verdict);
  }

  @Test
  void check_someUnanswered_saysHowManyAndWhy() {
    assertThat(check(10, 3, 103).lines())
        .anySatisfy(line -> assertThat(line).contains("6 more were sent", "status 503"));
    assertThat(check(10, 0, 90).lines())
        .anySatisfy(line -> assertThat(line).contains("10 acknowledged events are lost"));
  }
}
