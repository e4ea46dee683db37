package io.marquetry.content;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Templates that pages, components and other templates are put together from.
 *
 * <p>The tags are Mustache's: <code>{{> key}}</code> puts a template in as a partial; <code>
 * {{$ block}}…{{/block}}</code> is a block with what it shows unless somebody fills it; <code>
 * {{< key}}{{$ block}}…{{/block}}{{/key}}</code> puts a template in and fills its blocks, which
 * makes it a layout. They may stand in text, in title and textarea, between attributes and in
 * quoted values; in scripts, styles and comments braces are text. White space stays as it is
 * written. Immutable and thread-safe.
 */
public final class Templates {
  /** None at all. */
  public static final Templates NONE = new Templates(Map.of());

  private final Map<String, String> sources;
  private final Map<String, Read> read = new HashMap<>();

  /** The pieces of a template, or why it has none. */
  private record Read(List<Piece> pieces, @Nullable TemplateException fault) {}

  private Templates(Map<String, String> sources) {
    this.sources = Map.copyOf(sources);
    sources.forEach((key, source) -> read.put(key, read(key, source)));
  }

  /** These sources, by key. */
  public static Templates of(Map<String, String> sources) {
    return sources.isEmpty() ? NONE : new Templates(sources);
  }

  /**
   * Checks that a template can be put in somewhere, as far as that can be told from itself.
   *
   * @throws TemplateException with the path to what cannot be put together
   */
  public void check(String key) {
    var unused = compose("{{> " + key + "}}", PageTemplate.MAX_SOURCE);
  }

  /**
   * The keys of the templates that a source names itself.
   *
   * @throws TemplateException where it is malformed
   */
  public static Set<String> named(String source) {
    var named = new HashSet<String>();
    collect(PieceReader.read(source), named);
    return named;
  }

  private static void collect(Iterable<? extends Piece> pieces, Set<String> into) {
    for (var piece : pieces) {
      switch (piece) {
        case Piece.Text text -> {}
        case Piece.Partial partial -> into.add(partial.key());
        case Piece.Block block -> collect(block.body(), into);
        case Piece.Layout layout -> {
          into.add(layout.key());
          collect(layout.fillings().values(), into);
        }
      }
    }
  }

  /** Whether those of these keys are the same here as there. */
  public boolean same(Templates others, Set<String> keys) {
    for (var key : keys) {
      if (!Objects.equals(sources.get(key), others.sources.get(key))) {
        return false;
      }
    }
    return true;
  }

  Composition compose(String source, int longest) {
    return Composer.compose(source, this, longest);
  }

  @Nullable String source(String key) {
    return sources.get(key);
  }

  /** A template read; null where there is none. */
  @Nullable List<Piece> pieces(String key) {
    var found = read.get(key);
    if (found != null && found.fault() != null) {
      throw found.fault();
    }
    return found == null ? null : found.pieces();
  }

  private static Read read(String key, String source) {
    try {
      return new Read(PieceReader.read(source), null);
    } catch (TemplateException e) {
      int at = Math.max(0, e.offset());
      return new Read(List.of(), TemplateException.in(key, source, at, e.reason()));
    }
  }
}
