package io.marquetry.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Readings of the kernel's accounts, and what is made of them. */
class ProcessTreeTest {
  private static final String FIELDS = "S 7 1 1 0 -1 4194560 10 20 0 0 11 12 13 14 20 0 1 0 5";

  @Test
  void parse_nameWithBracketsAndBlanks_countsFieldsFromItsEnd() {
    var stat = ProcessTree.Stat.parse("42 (postgres: a) b) " + FIELDS);
    assertThat(stat.parent()).isEqualTo(7);
    assertThat(stat.ticks()).isEqualTo(11 + 12 + 13 + 14);
  }

  @Test
  void cpuSeconds_ofBusyProcess_grows() {
    var tree = ProcessTree.ofThisProcess();
    double before = tree.cpuSeconds();
    long value = 1;
    while (tree.cpuSeconds() < before + 0.05) {
      for (int i = 0; i < 10_000_000; i++) {
        value = Template.mixed(value);
      }
    }
    assertThat(value).isNotZero();
    assertThat(tree.residentBytes()).isGreaterThan(tree.proportionalBytes() / 2).isPositive();
  }

  @Test
  void cores_list_readsRanges() {
    assertThat(Cores.parse("0-2,5")).isEqualTo(List.of(0, 1, 2, 5));
  }

  @Test
  void holds_onePartDoesNot_rowIsNotMet() {
    var row = new Row("r", "").holds(true).holds(false).holds(true);
    assertThat(row.verdict()).isEqualTo(Row.Verdict.NOT_MET);
  }

  @Test
  void holds_failedRow_staysFailed() {
    var row = new Row("r", "").failed("broken").holds(true);
    assertThat(row.verdict()).isEqualTo(Row.Verdict.FAILED);
  }

  @Test
  void median_oddNumber_isTheMiddle() {
    var none = new Order.Outcome("", 1, 0, 0, "", 1, java.util.Map.of());
    var samples =
        List.of(new Sample(9, 0, 0, none), new Sample(1, 0, 0, none), new Sample(5, 0, 0, none));
    assertThat(Sample.median(samples, Sample::cpuMicros)).isEqualTo(5);
    assertThat(Sample.best(samples)).isEqualTo(1);
  }
}
