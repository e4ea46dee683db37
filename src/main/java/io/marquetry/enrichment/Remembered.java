package io.marquetry.enrichment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The answers to the questions asked last, so that few are worked out: a handful of agents and
 * paths make most visits.
 *
 * <p>Bounded by number; the one asked longest ago goes first. Not thread-safe.
 */
final class Remembered<K, V> {
  private final Map<K, V> answers;
  private final Function<K, V> work;
  private long hits;
  private long misses;

  Remembered(int most, Function<K, V> work) {
    this.work = work;
    this.answers =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        };
  }

  V get(K question) {
    var known = answers.get(question);
    if (known != null) {
      hits++;
      return known;
    }
    misses++;
    var answer = work.apply(question);
    answers.put(question, answer);
    return answer;
  }

  void forget() {
    answers.clear();
  }

  int size() {
    return answers.size();
  }

  Enrichment.Memory memory() {
    return new Enrichment.Memory(hits, misses);
  }
}
