package io.marquetry.content;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A variant's content bound to its component's template, ready to be shown.
 *
 * <p>All that is the same for every visitor is in byte chunks; a variant without live bindings is
 * one chunk. Immutable and thread-safe.
 */
public final class BoundVariant {
  private final BoundContent content;
  private final List<Object> pieces;
  private final int staticLength;
  private final Map<String, @Nullable Object> plain;

  BoundVariant(BoundContent content, List<Object> pieces) {
    this.content = content;
    this.pieces = pieces.isEmpty() ? List.of(new byte[0]) : List.copyOf(pieces);
    this.staticLength =
        this.pieces.stream().mapToInt(piece -> piece instanceof byte[] b ? b.length : 0).sum();
    this.plain = content.plain(Bindings.NONE);
  }

  /**
   * Writes the markup and answers its length in bytes. Static chunks are handed over by reference;
   * values are written as they are read, and an absent one writes its default or nothing.
   */
  public int render(Bindings live, Sink out) {
    int length = staticLength;
    for (Object piece : pieces) {
      if (piece instanceof byte[] chunk) {
        out.write(chunk);
      } else if (piece instanceof Interpreter.Live hole) {
        length += Interpreter.render(hole, live, out);
      }
    }
    return length;
  }

  /** Whether the markup is the same for every visitor. */
  public boolean isStatic() {
    return pieces.size() == 1 && pieces.getFirst() instanceof byte[];
  }

  /** Length in bytes of the static chunks: of everything, for a static variant. */
  public int staticLength() {
    return staticLength;
  }

  /**
   * The paths looked up at request time; {@link Bindings#ITEMS} stands for the recommended items.
   * Content may be live without the template showing it, so a static variant can have some too.
   */
  public Set<String> requiredPaths() {
    return content.livePaths();
  }

  /** What an author should know but what does not prevent publishing, such as a blocked address. */
  public List<String> warnings() {
    return content.warnings();
  }

  /**
   * The content as unmodifiable plain JSON values: live ones resolved or at their default, rich
   * text sanitised, refused addresses replaced.
   */
  public Map<String, @Nullable Object> content(Bindings live) {
    return content.livePaths().isEmpty() ? plain : content.plain(live);
  }
}
