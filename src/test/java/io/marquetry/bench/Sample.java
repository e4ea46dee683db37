package io.marquetry.bench;

import io.marquetry.bench.Order.Outcome;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One repetition of a measurement.
 *
 * @param cpuMicros CPU time for each unit of work, of everything the server consists of
 * @param perSecond units of work done
 * @param foreign cores that others used meanwhile
 */
record Sample(double cpuMicros, double perSecond, double foreign, Outcome outcome) {

  /** Ours and its ceiling, measured in turns. */
  record Pair(List<Sample> ours, List<Sample> ceiling) {
    Pair {
      ours = List.copyOf(ours);
      ceiling = List.copyOf(ceiling);
    }

    /** CPU time of ours in that of the ceiling, both medians. */
    double ratio() {
      return median(ours, Sample::cpuMicros) / median(ceiling, Sample::cpuMicros);
    }

    double foreign() {
      return Math.max(worst(ours), worst(ceiling));
    }

    private static double worst(List<Sample> samples) {
      return samples.stream().mapToDouble(Sample::foreign).max().orElse(0);
    }

    /** What went wrong; empty for nothing. */
    String fault() {
      for (var sample : List.of(ours, ceiling)) {
        for (var each : sample) {
          if (!each.outcome().clean()) {
            return Sample.fault(each.outcome());
          }
        }
      }
      return "";
    }
  }

  /** What went wrong with these requests; empty for nothing. */
  static String fault(Outcome outcome) {
    return outcome.clean()
        ? ""
        : Row.text(
            "%s: %d answered, %d not as they should be, %d not begun in time; %s",
            outcome.name(), outcome.answered(), outcome.bad(), outcome.unsent(), outcome.fault());
  }

  /** The least CPU time: what others do on the machine only ever adds to it. */
  static double best(List<Sample> samples) {
    return samples.stream().mapToDouble(Sample::cpuMicros).min().orElse(Double.NaN);
  }

  static double median(List<Sample> samples, ToDoubleFunction<Sample> value) {
    var sorted = samples.stream().mapToDouble(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** All repetitions of a figure, for the record. */
  static List<Double> all(List<Sample> samples, ToDoubleFunction<Sample> value) {
    return samples.stream()
        .map(each -> Math.round(value.applyAsDouble(each) * 100) / 100.0)
        .toList();
  }
}
