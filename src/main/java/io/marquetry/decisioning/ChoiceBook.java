package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisioningMessage.Choice;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The choices that are in the decision log already, so that each is written once a day and then
 * named by its number.
 *
 * <p>Visitors are many and the ways in which they are decided for are few. A choice made for one
 * visitor alone is one more entry; what is remembered is bounded, and forgetting costs no more than
 * writing an entry again, which changes nothing.
 */
final class ChoiceBook {
  private static final long DAY_MILLIS = 86_400_000;
  private static final int MOST = 50_000;

  private final Map<Choice, Entry> entries = new HashMap<>();

  /**
   * A choice as it is stored.
   *
   * @param day the first millisecond of its day in UTC
   * @param number never 0
   */
  record Entry(long day, long number, Choice choice, String body) {}

  /**
   * The choices of a batch.
   *
   * @param numbers for each decision, one for each of its choices
   * @param missing those that are perhaps not stored yet, in the order of their numbers: sessions
   *     that store the same at a time then wait for each other in one direction
   */
  record Numbered(List<long[]> numbers, List<Entry> missing) {}

  /** Numbers all choices of some decisions. */
  Numbered number(List<DecisionRecord> decisions) {
    if (entries.size() > MOST) {
      entries.clear();
    }
    var numbers = new ArrayList<long[]>(decisions.size());
    var missing = new TreeMap<Long, Entry>();
    for (var decision : decisions) {
      long day = decision.at() - Math.floorMod(decision.at(), DAY_MILLIS);
      var choices = decision.choices();
      var row = new long[choices.size()];
      for (int i = 0; i < row.length; i++) {
        var choice = choices.get(i);
        var entry = entries.get(choice);
        if (entry == null || entry.day() != day) {
          entry = entry(day, choice);
          missing.put(entry.number(), entry);
        }
        row[i] = entry.number();
      }
      numbers.add(row);
    }
    return new Numbered(numbers, List.copyOf(missing.values()));
  }

  /** They are stored from here on. */
  void stored(List<Entry> added) {
    added.forEach(entry -> entries.put(entry.choice(), entry));
  }

  private static Entry entry(long day, Choice choice) {
    var body = body(choice);
    long number = ByteBuffer.wrap(sha256().digest(DecisionJson.utf8(body))).getLong();
    return new Entry(day, number == 0 ? 1 : number, choice, body);
  }

  private static String body(Choice choice) {
    try {
      return DecisionJson.write(choice);
    } catch (UncheckedIOException e) {
      // Half of a surrogate pair in a key that a caller sent has no form in UTF-8.
      return DecisionJson.write(
          new Choice("\uFFFD", null, choice.strategy(), List.of(), 1, 1, choice.fallbackStep()));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
