package io.marquetry.experimentation.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.experimentation.core.OffPolicy.Round;
import io.marquetry.testkit.RealData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs of a real bandit, whose value others worked out, and real classes to be found by trying. */
@Tag("real-data")
class RealBanditTest {
  private static final String OPEN_BANDIT = "open-bandit/";
  private static final String CLASSES = "bandit-classification/";

  private record Shown(int item, int position, double click, double propensity) {}

  private static List<Shown> shown(String name) {
    var lines = RealData.lines(OPEN_BANDIT + name);
    var header = List.of(lines.getFirst().split(","));
    int item = header.indexOf("item_id");
    int position = header.indexOf("position");
    int click = header.indexOf("click");
    int propensity = header.indexOf("propensity_score");
    return lines.stream()
        .skip(1)
        .map(line -> line.split(","))
        .map(
            cells ->
                new Shown(
                    Integer.parseInt(cells[item]),
                    Integer.parseInt(cells[position]),
                    Double.parseDouble(cells[click]),
                    Double.parseDouble(cells[propensity])))
        .toList();
  }

  private static Object get(Object json, String... path) {
    var value = json;
    for (var step : path) {
      value = value instanceof Map<?, ?> map ? map.get(step) : null;
      if (value == null) {
        throw new AssertionError("there is no " + step);
      }
    }
    return value;
  }

  private static double number(Object json, String... path) {
    return get(json, path) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private static double[] numbers(Object json) {
    return json instanceof List<?> list
        ? list.stream().mapToDouble(one -> one instanceof Number n ? n.doubleValue() : 0).toArray()
        : new double[0];
  }

  private static Map<String, Object> reference() {
    return RealData.object(OPEN_BANDIT + "reference_men.json");
  }

  /** Items by position, as the reference gives them. */
  private static double[][] thompson() {
    var rows = get(reference(), "bts_action_distribution", "rows_items_columns_positions");
    return rows instanceof List<?> list
        ? list.stream().map(RealBanditTest::numbers).toArray(double[][]::new)
        : new double[0][];
  }

  private static Object reference(String name) {
    return get(reference(), "reference", name);
  }

  private static List<Round> rounds(List<Shown> log, double[][] policy) {
    var rounds = new ArrayList<Round>();
    for (var one : log) {
      var shares = new double[policy.length];
      for (int item = 0; item < shares.length; item++) {
        shares[item] = policy[item][one.position() - 1];
      }
      rounds.add(
          new Round(
              rounds.size(),
              "position " + one.position(),
              one.item(),
              one.propensity(),
              shares,
              one.click()));
    }
    return rounds;
  }

  /** The model of the reference: an item's own rate in the log. */
  private static double[][] itemMeans(List<Shown> log, int items) {
    var clicks = new double[items];
    var counts = new double[items];
    for (var one : log) {
      clicks[one.item()] += one.click();
      counts[one.item()]++;
    }
    var means = new double[items];
    for (int item = 0; item < items; item++) {
      means[item] = counts[item] == 0 ? 0 : clicks[item] / counts[item];
    }
    var model = new double[log.size()][];
    Arrays.fill(model, means);
    return model;
  }

  @Test
  void evaluate_thompsonFromTheRandomLog_isTheReference() {
    var log = shown("random_men.csv.gz");
    var result = OffPolicy.evaluate(rounds(log, thompson()), itemMeans(log, thompson().length), 1);
    var reference = reference("ope_of_bts_from_random_log");
    assertThat(result.ips().value()).isCloseTo(number(reference, "ipw"), within(1e-9));
    assertThat(result.snips().value()).isCloseTo(number(reference, "snipw"), within(1e-9));
    assertThat(result.dm().value()).isCloseTo(number(reference, "dm_item_mean"), within(1e-9));
    assertThat(result.dr().value()).isCloseTo(number(reference, "dr_item_mean"), within(1e-9));
    assertThat(result.effective())
        .isCloseTo(number(reference, "effective_sample_size"), within(1e-6));
    assertThat(result.heaviest()).isCloseTo(number(reference, "max_weight"), within(1e-6));
    assertThat(result.refusal()).isNull();
    double error = (result.ips().high() - result.ips().low()) / 2 / 1.96;
    assertThat(error).isCloseTo(number(reference, "ipw_standard_error"), within(1.5e-4));
    // What the whole log of 4 million rows showed.
    assertThat(0.0067).isBetween(result.ips().low(), result.ips().high());
  }

  @Test
  void evaluate_randomFromTheThompsonLog_isTheReferenceAndRefused() {
    var log = shown("bts_men.csv.gz");
    int items = thompson().length;
    var uniform = new double[items][3];
    for (var row : uniform) {
      Arrays.fill(row, 1.0 / items);
    }
    var result = OffPolicy.evaluate(rounds(log, uniform), itemMeans(log, items), 1);
    var reference = reference("ope_of_uniform_random_from_bts_log");
    assertThat(result.ips().value()).isCloseTo(number(reference, "ipw"), within(1e-9));
    assertThat(result.snips().value()).isCloseTo(number(reference, "snipw"), within(1e-9));
    assertThat(result.dm().value()).isCloseTo(number(reference, "dm_item_mean"), within(1e-9));
    assertThat(result.dr().value()).isCloseTo(number(reference, "dr_item_mean"), within(1e-9));
    assertThat(result.effective())
        .isCloseTo(number(reference, "effective_sample_size"), within(1e-6));
    assertThat(result.refusal()).contains("worth 656 exposures");
  }

  /** The first position shows whom Thompson sampling draws: our integral against their draws. */
  @Test
  void chanceToBeBest_thePriorsOfTheRealBandit_areItsShares() {
    var alpha = numbers(get(reference(), "bts_prior", "alpha"));
    var beta = numbers(get(reference(), "bts_prior", "beta"));
    var beliefs = new ArrayList<Belief>();
    for (int i = 0; i < alpha.length; i++) {
      beliefs.add(Belief.beta(alpha[i], beta[i]));
    }
    var chances = ChanceToBeBest.of(beliefs);
    var shares = thompson();
    for (int i = 0; i < chances.length; i++) {
      double error = Math.sqrt(chances[i] * (1 - chances[i]) / 2e6);
      assertThat(chances[i]).as("item %d", i).isCloseTo(shares[i][0], within(4.5 * error));
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // read by the test alone
  private record Labelled(double[] features, int label) {}

  /** Standardized over the file, with a constant, as the reference does. */
  private static List<Labelled> labelled(String name, int rounds) {
    var lines = RealData.lines(CLASSES + name + ".csv.gz");
    var raw =
        lines.stream()
            .skip(1)
            .map(line -> Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray())
            .toList();
    int width = raw.getFirst().length - 1;
    var mean = new double[width];
    var deviation = new double[width];
    for (var row : raw) {
      for (int i = 0; i < width; i++) {
        mean[i] += row[i] / raw.size();
      }
    }
    for (var row : raw) {
      for (int i = 0; i < width; i++) {
        deviation[i] += (row[i] - mean[i]) * (row[i] - mean[i]) / raw.size();
      }
    }
    var labels = raw.stream().map(row -> row[width]).distinct().sorted().toList();
    return raw.stream()
        .limit(rounds)
        .map(
            row -> {
              var features = new double[width + 1];
              features[width] = 1;
              for (int i = 0; i < width; i++) {
                features[i] = (row[i] - mean[i]) / Math.sqrt(Math.max(deviation[i], 1e-12));
              }
              return new Labelled(features, labels.indexOf(row[width]));
            })
        .toList();
  }

  /** Nobody tells the label; only whether the arm shown was it. Learnt in batches of an epoch. */
  @ParameterizedTest
  @ValueSource(strings = {"shuttle", "satellite"})
  void logisticThompson_realClasses_beatsChanceAndTheReferencesGreedy(String name) {
    var result = get(RealData.object(CLASSES + "reference_" + name + ".json"), "result");
    int rounds = (int) number(result, "rounds");
    int arms = numbers(get(result, "arms")).length;
    var rows = labelled(name, rounds);
    var random = new SplittableRandom(1);
    int width = rows.getFirst().features().length;
    var cells = new ArrayList<List<LogisticFit.Cell>>();
    var fits = new ArrayList<LogisticFit>();
    var mean = new double[width];
    var precision = new double[width];
    Arrays.fill(precision, 1);
    for (int arm = 0; arm < arms; arm++) {
      cells.add(new ArrayList<>());
      fits.add(LogisticFit.of(List.of(), mean, precision));
    }
    double reward = 0;
    for (int round = 0; round < rounds; round++) {
      if (round % 200 == 0 && round > 0) {
        for (int arm = 0; arm < arms; arm++) {
          fits.set(arm, LogisticFit.of(cells.get(arm), mean, precision));
        }
      }
      var row = rows.get(round);
      int best = 0;
      double most = Double.NEGATIVE_INFINITY;
      for (int arm = 0; arm < arms; arm++) {
        var belief = fits.get(arm).at(row.features());
        double draw = belief.mean() + Math.sqrt(belief.variance()) * random.nextGaussian();
        best = draw > most ? arm : best;
        most = Math.max(most, draw);
      }
      double won = best == row.label() ? 1 : 0;
      reward += won;
      cells.get(best).add(new LogisticFit.Cell(row.features(), 1, won));
    }
    double uniform = number(result, "uniform_random_expected_reward");
    double greedy = number(result, "EpsilonGreedy_0.1_linear", "mean");
    assertThat(reward).as("chance brings %f", uniform).isGreaterThan(3 * uniform);
    assertThat(reward).as("the greedy reference brings %f", greedy).isGreaterThan(.95 * greedy);
  }
}
