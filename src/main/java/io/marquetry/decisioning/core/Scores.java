package io.marquetry.decisioning.core;

import io.marquetry.bus.ModelsMessage.Outcome;
import io.marquetry.bus.ModelsMessage.Scored;
import io.marquetry.bus.ModelsMessage.ScoredItem;
import io.marquetry.bus.ModelsMessage.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The scores that the strategies of one page may go by, and those they would like to have.
 *
 * <p>Design note: deliberation does not wait. It runs; where a strategy asks for scores that are
 * not there it goes on to the next step, and the wish is noted. Whoever deliberates fetches what
 * was wished for and runs it again with the answers, which are an input like any other then: they
 * are logged, and the same answers give the same choices.
 */
public final class Scores {
  /** Under this name the answers stand beside the signals of a decision. */
  public static final String SIGNAL = "models";

  private final Map<ScoreNeed, Scored> answers = new LinkedHashMap<>();
  private final Set<ScoreNeed> wanted = new LinkedHashSet<>();

  /** What is known; null where it was not asked for, which is noted. */
  @Nullable Scored find(ScoreNeed need) {
    var answer = answers.get(need);
    if (answer == null) {
      wanted.add(need);
    }
    return answer;
  }

  /** What was looked for and not there, in order. */
  public List<ScoreNeed> wanted() {
    return List.copyOf(wanted);
  }

  public void answer(ScoreNeed need, Scored scored) {
    answers.put(need, scored);
    wanted.remove(need);
  }

  /** Whether there are any. */
  public boolean isEmpty() {
    return answers.isEmpty();
  }

  /** The answers as they are logged. */
  public List<Object> logged() {
    var logged = new ArrayList<Object>();
    answers.forEach(
        (need, scored) -> {
          var one = new LinkedHashMap<String, Object>();
          one.put("model", need.model());
          one.put("candidates", need.candidates());
          one.put("k", (long) need.k());
          if (need.withinMillis() > 0) {
            one.put("within", (long) need.withinMillis());
          }
          one.put("version", scored.version());
          one.put("source", scored.source().key());
          one.put("outcome", scored.outcome().key());
          one.put("items", scored.items().stream().map(Scores::logged).toList());
          logged.add(one);
        });
    return logged;
  }

  private static List<Object> logged(ScoredItem item) {
    return List.of(item.item(), item.score(), item.confidence());
  }

  /** Reads what was logged, for deciding the same again. */
  public static Scores of(@Nullable Object logged) {
    var scores = new Scores();
    if (logged instanceof List<?> list) {
      for (var one : list) {
        if (one instanceof Map<?, ?> map) {
          scores.put(map);
        }
      }
    }
    return scores;
  }

  private void put(Map<?, ?> logged) {
    var model = String.valueOf(logged.get("model"));
    var candidates = new ArrayList<String>();
    if (logged.get("candidates") instanceof List<?> list) {
      list.forEach(one -> candidates.add(String.valueOf(one)));
    }
    var items = new ArrayList<ScoredItem>();
    if (logged.get("items") instanceof List<?> list) {
      for (var one : list) {
        if (one instanceof List<?> item && item.size() == 3) {
          items.add(
              new ScoredItem(
                  String.valueOf(item.get(0)), number(item.get(1)), number(item.get(2))));
        }
      }
    }
    answer(
        new ScoreNeed(
            model, candidates, (int) number(logged.get("k")), (int) number(logged.get("within"))),
        new Scored(
            model,
            String.valueOf(logged.get("version")),
            items,
            source(logged.get("source")),
            outcome(logged.get("outcome")),
            0));
  }

  private static double number(@Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : 0;
  }

  private static Source source(@Nullable Object key) {
    for (var source : Source.values()) {
      if (source.key().equals(key)) {
        return source;
      }
    }
    return Source.NONE;
  }

  private static Outcome outcome(@Nullable Object key) {
    for (var outcome : Outcome.values()) {
      if (outcome.key().equals(key)) {
        return outcome;
      }
    }
    return Outcome.UNKNOWN;
  }
}
