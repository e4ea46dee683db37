package io.marquetry.decisioning;

import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decisions of one day as one row of the log.
 *
 * <p>PostgreSQL's work is for rows, whatever they hold. So each column is a list with an element
 * for each decision, and what most of them share, where they were made and how, is there once and
 * named by its place. The same decisions in the same order make the same rows, so that those that
 * are sent again are known by their lowest id.
 */
final class PgDecisionBatch {
  /** Most decisions in a row: whoever looks for one unpacks its row. */
  static final int MOST = 500;

  private static final long DAY_MILLIS = 86_400_000;

  private record Scene(
      String site, String mode, String page, long consentVersion, String definitions) {}

  private final List<DecisionRecord> decisions = new ArrayList<>();
  private final List<@Nullable UUID> profiles = new ArrayList<>();
  private final List<Short> scenes = new ArrayList<>();
  private final List<String> choices = new ArrayList<>();
  private final SequencedMap<Scene, Integer> scenery = new LinkedHashMap<>();
  private final SequencedMap<Long, Integer> numbers = new LinkedHashMap<>();

  private PgDecisionBatch() {}

  /**
   * Cuts decisions into rows, by the day in UTC.
   *
   * @param numbers for each decision, one for each of its choices
   */
  static List<PgDecisionBatch> cut(List<DecisionRecord> decisions, List<long[]> numbers) {
    var batches = new ArrayList<PgDecisionBatch>();
    var open = new HashMap<Long, PgDecisionBatch>();
    for (int i = 0; i < decisions.size(); i++) {
      var decision = decisions.get(i);
      long day = Math.floorDiv(decision.at(), DAY_MILLIS);
      var batch = open.get(day);
      if (batch == null || batch.decisions.size() == MOST) {
        batch = new PgDecisionBatch();
        batches.add(batch);
        open.put(day, batch);
      }
      batch.add(decision, numbers.get(i));
    }
    return batches;
  }

  private void add(DecisionRecord decision, long[] made) {
    var profile = decision.profile();
    decisions.add(decision);
    profiles.add(profile == null ? null : PgValues.uuid(profile));
    scenes.add((short) place(scenery, scene(decision)));
    choices.add(places(made));
  }

  private static Scene scene(DecisionRecord decision) {
    return new Scene(
        PgValues.plain(decision.site()),
        decision.mode().key(),
        PgValues.plain(decision.page()),
        decision.consentVersion(),
        decision.definitions());
  }

  /** Lists of lists of different lengths have no form in PostgreSQL; lists of texts have. */
  private String places(long[] made) {
    var text = new StringBuilder(made.length * 4);
    for (long number : made) {
      text.append(text.isEmpty() ? "" : " ").append(place(numbers, number));
    }
    return text.toString();
  }

  /** PostgreSQL counts from 1. */
  private static <T> int place(Map<T, Integer> places, T one) {
    int next = places.size() + 1;
    var known = places.putIfAbsent(one, next);
    return known == null ? next : known;
  }

  /** The parameters of {@link PgDecisionWriter}'s statement. */
  Tuple row() {
    var ids = decisions.stream().map(DecisionRecord::decision).sorted().toList();
    var times = decisions.stream().mapToLong(DecisionRecord::at).sorted().toArray();
    return Tuple.tuple()
        .addUUID(PgValues.uuid(ids.getFirst()))
        .addUUID(PgValues.uuid(ids.getLast()))
        .addOffsetDateTime(PgValues.time(times[0]))
        .addOffsetDateTime(PgValues.time(times[times.length - 1]))
        .addArrayOfUUID(each(one -> PgValues.uuid(one.decision()), UUID[]::new))
        .addArrayOfOffsetDateTime(each(one -> PgValues.time(one.at()), OffsetDateTime[]::new))
        .addArrayOfUUID(profiles.toArray(UUID[]::new))
        .addArrayOfShort(scenes.toArray(Short[]::new))
        .addArrayOfString(choices.toArray(String[]::new))
        .addArrayOfLong(each(DecisionRecord::micros, Long[]::new))
        .addArrayOfBuffer(each(one -> Buffer.buffer(DecisionJson.signals(one)), Buffer[]::new))
        .addArrayOfString(shared(Scene::site, String[]::new))
        .addArrayOfString(shared(Scene::mode, String[]::new))
        .addArrayOfString(shared(Scene::page, String[]::new))
        .addArrayOfLong(shared(Scene::consentVersion, Long[]::new))
        .addArrayOfString(shared(Scene::definitions, String[]::new))
        .addArrayOfLong(numbers.sequencedKeySet().toArray(Long[]::new));
  }

  private <T> T[] each(Function<DecisionRecord, T> part, IntFunction<T[]> list) {
    return decisions.stream().map(part).toArray(list);
  }

  private <T> T[] shared(Function<Scene, T> part, IntFunction<T[]> list) {
    return scenery.sequencedKeySet().stream().map(part).toArray(list);
  }
}
