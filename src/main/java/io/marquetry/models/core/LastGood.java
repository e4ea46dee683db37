package io.marquetry.models.core;

import io.marquetry.bus.ModelsMessage.Score;
import io.marquetry.kit.Id128;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last good answers, to stand in for answers that do not come. Bounded; whoever was not asked
 * for longest leaves.
 *
 * <p>Design note: an answer is found under a hash of what the model was told, not under the
 * visitor: it holds for whoever looks the same to the model, and nothing here says who they are.
 */
public final class LastGood {
  private final LinkedHashMap<Id128, Kept> kept = new LinkedHashMap<>(64, 0.75f, true);
  private final int most;
  private long dropped;

  /**
   * An answer and when it came.
   *
   * @param at milliseconds on the clock of whoever asks
   */
  public record Kept(ModelAnswer answer, long at) {}

  /**
   * @param most answers held
   */
  public LastGood(int most) {
    this.most = most;
  }

  /** What a question to a version of a model is kept under. */
  public static Id128 key(ModelDefinition model, String version, Score score) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      feed(digest, model.key());
      feed(digest, version);
      feed(digest, model.url() + " " + model.remote());
      for (var feature : model.features()) {
        feed(digest, feature.tensor());
        feed(digest, text(score.features().get(feature.field())));
      }
      feed(digest, score.candidates().toString());
      feed(digest, Integer.toString(score.k()));
      var hash = digest.digest();
      return new Id128(word(hash, 0), word(hash, 8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String text(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? new TreeMap<>(map).toString() : String.valueOf(value);
  }

  private static void feed(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static long word(byte[] bytes, int from) {
    long word = 0;
    for (int i = from; i < from + Long.BYTES; i++) {
      word = word << 8 | (bytes[i] & 0xFF);
    }
    return word;
  }

  public void keep(Id128 key, ModelAnswer answer, long now) {
    kept.put(key, new Kept(answer, now));
    if (kept.size() > most) {
      var eldest = kept.keySet().iterator();
      eldest.next();
      eldest.remove();
      dropped++;
    }
  }

  /** An answer no older than {@code maxAge} milliseconds; null where there is none. */
  public @Nullable ModelAnswer find(Id128 key, long now, long maxAge) {
    var found = kept.get(key);
    return found == null || now - found.at() > maxAge ? null : found.answer();
  }

  public int size() {
    return kept.size();
  }

  /** Answers that had to leave. */
  public long dropped() {
    return dropped;
  }
}
