package io.marquetry.condition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A leaf about what a visitor did. Values are equal when they mean the same, so that segments which
 * share a behaviour share its counter. The owner of the profile keeps the counters and answers
 * {@link ProfileView#behaved}.
 */
public sealed interface Behaviour {
  /** The kinds of events it looks for, at least one; the same kind may stand there twice. */
  List<Happening> happenings();

  /** The normal form as JSON text, defaults written out; equal exactly for equal behaviours. */
  String canonical();

  /** In plain words. */
  default String describe() {
    return BehaviourWords.of(this, false);
  }

  /**
   * A stable short name: the first 64 bits of SHA-256 over the UTF-8 canonical text, 16 hexadecimal
   * digits.
   */
  default String id() {
    try {
      byte[] text = canonical().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** How often an event happened within a window, or what its properties came to. */
  record Did(Happening what, Window window, Measure measure) implements Behaviour {
    @Override
    public List<Happening> happenings() {
      return List.of(what);
    }

    @Override
    public String canonical() {
      var event = new StringBuilder("\"event\":");
      Canonical.write(event, what.event());
      var out = new StringBuilder("{\"$did\":{");
      measure.canonical(out, event.toString());
      if (what.where() != null) {
        out.append(",\"where\":").append(what.where().canonical());
      }
      return out.append(",\"within\":\"").append(window.text()).append("\"}}").toString();
    }
  }

  /** Which of several events of a kind is meant. */
  enum Edge {
    FIRST("$first"),
    LAST("$last");

    private final String operator;

    Edge(String operator) {
      this.operator = operator;
    }

    /** As it is written. */
    public String operator() {
      return operator;
    }
  }

  /** How long ago an event first or last happened; false where it never did. */
  record Ago(Edge edge, Happening what, Age age) implements Behaviour {
    @Override
    public List<Happening> happenings() {
      return List.of(what);
    }

    @Override
    public String canonical() {
      var out = new StringBuilder("{\"").append(edge.operator()).append("\":{\"ago\":");
      out.append(age.canonical()).append(',');
      what.canonical(out);
      return out.append("}}").toString();
    }
  }

  /**
   * Events happened one after the other, and perhaps another one not since.
   *
   * <p>It holds where some events, one for each step and none for two, stand in the order of the
   * steps, the last less than {@code within} after the first, and for at least the length of the
   * absence nothing of its kind came behind the last of them, up to now. Events of one millisecond
   * have no order: they count in whatever order fits, and one that is a step does not break the
   * absence at its own moment.
   *
   * @param steps 1 to {@value #MAX_STEPS}
   * @param within null where the steps may lie apart as far as they like
   */
  record Sequence(List<Happening> steps, @Nullable Duration within, @Nullable Absence then)
      implements Behaviour {
    /** Most steps of a sequence. */
    public static final int MAX_STEPS = 8;

    /**
     * What must not have happened since.
     *
     * @param lasting for how long at least
     */
    public record Absence(Happening not, Duration lasting) {}

    /** Copies the steps. */
    public Sequence {
      steps = List.copyOf(steps);
      if (steps.isEmpty() || steps.size() > MAX_STEPS) {
        throw new IllegalArgumentException("a sequence has 1 to " + MAX_STEPS + " steps");
      }
    }

    /** The steps, and behind them what must be absent. */
    @Override
    public List<Happening> happenings() {
      var all = new ArrayList<>(steps);
      if (then != null) {
        all.add(then.not());
      }
      return all;
    }

    @Override
    public String canonical() {
      var out = new StringBuilder("{\"$sequence\":{\"steps\":[");
      for (int i = 0; i < steps.size(); i++) {
        out.append(i > 0 ? ",{" : "{");
        steps.get(i).canonical(out);
        out.append('}');
      }
      out.append(']');
      if (then != null) {
        out.append(",\"then\":{\"for\":\"").append(then.lasting()).append("\",\"not\":{");
        then.not().canonical(out);
        out.append("}}");
      }
      out.append(",\"within\":\"").append(within == null ? "ever" : within);
      return out.append("\"}}").toString();
    }
  }
}
