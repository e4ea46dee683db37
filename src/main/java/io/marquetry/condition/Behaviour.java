package io.marquetry.condition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A leaf about what a visitor did. Values are equal when they mean the same, so that segments which
 * share a behaviour share its counter. The owner of the profile keeps the counters and answers
 * {@link ProfileView#behaved}.
 */
public sealed interface Behaviour {
  /**
   * The event it looks for: the name of a {@code track} event, otherwise the type ({@code page},
   * {@code identify}).
   */
  String event();

  /** The normal form as JSON text, defaults written out; equal exactly for equal behaviours. */
  String canonical();

  /**
   * Whether one event, seen through its fields ({@code type}, {@code event}, {@code properties.*},
   * …), concerns it.
   */
  boolean matches(ProfileView event);

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

  /**
   * An event happened so and so often within a window.
   *
   * @param where a condition on each single event; null when every such event counts
   */
  record Did(String event, @Nullable Condition where, Window window, Count count)
      implements Behaviour {
    private static final FieldPath TYPE = FieldPath.of("type");
    private static final FieldPath NAME = FieldPath.of("event");

    @Override
    public boolean matches(ProfileView view) {
      Object type = view.field(TYPE);
      Object name = "track".equals(type) ? view.field(NAME) : type;
      return event.equals(name) && (where == null || where.test(view));
    }

    @Override
    public String canonical() {
      var out =
          new StringBuilder("{\"$did\":{\"count\":")
              .append(count.canonical())
              .append(",\"event\":");
      Canonical.write(out, event);
      if (where != null) {
        out.append(",\"where\":").append(where.canonical());
      }
      return out.append(",\"within\":\"").append(window.text()).append("\"}}").toString();
    }
  }
}
