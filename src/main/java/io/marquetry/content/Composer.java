package io.marquetry.content;

import io.marquetry.content.Composition.Border;
import io.marquetry.content.Composition.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes out templates that are made of others, as one text.
 *
 * <p>Design note: what fills a block is read where it was written: its own blocks and partials mean
 * what they mean there, whatever the layout fills in elsewhere. A block that both a page and a
 * layout between fill is the page's, so layouts may be made of layouts. The borders are kept, for
 * the walk over the whole to see that nothing leaks through one ({@link Borders}).
 */
final class Composer {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_TAGS = 5_000;

  private final Templates templates;
  private final int longest;
  private final StringBuilder text = new StringBuilder();
  private final List<Border> borders = new ArrayList<>();
  private final List<Origin> origins = new ArrayList<>();
  private final Set<String> uses = new HashSet<>();

  /** One source at one place: who put it in, and what it is to fill its blocks with. */
  private record Frame(
      @Nullable Frame outer,
      String key,
      String path,
      String source,
      Map<String, Filling> fillings) {
    boolean stands(String template) {
      return outer != null && (key.equals(template) || outer.stands(template));
    }
  }

  private record Filling(Piece.Block block, Frame frame) {}

  private Composer(Templates templates, int longest) {
    this.templates = templates;
    this.longest = longest;
  }

  /**
   * Puts a source together.
   *
   * @param longest of the whole, in UTF-16 units
   * @throws TemplateException with the path to a template that is not there, stands in itself, or
   *     makes the whole too long or too deep
   */
  static Composition compose(String source, Templates templates, int longest) {
    var pieces = PieceReader.read(source);
    if (pieces.stream().allMatch(Piece.Text.class::isInstance)) {
      return Composition.of(source);
    }
    var composer = new Composer(templates, longest);
    composer.write(pieces, new Frame(null, "", "", source, Map.of()), 0);
    return new Composition(
        composer.text.toString(), composer.borders, composer.origins, composer.uses);
  }

  private void write(List<Piece> pieces, Frame frame, int depth) {
    for (var piece : pieces) {
      switch (piece) {
        case Piece.Text(int at, int end) -> text(frame, at, end);
        case Piece.Partial(String key, int at) ->
            put(key, origin(frame, at), "{{> " + key + "}}", frame, frame.fillings(), depth);
        case Piece.Layout layout -> {
          var fillings = new HashMap<String, Filling>();
          layout.fillings().forEach((key, block) -> fillings.put(key, new Filling(block, frame)));
          fillings.putAll(frame.fillings());
          var tag = origin(frame, layout.at());
          put(layout.key(), tag, "{{< " + layout.key() + "}}", frame, fillings, depth);
        }
        case Piece.Block block -> {
          var filling = frame.fillings().get(block.key());
          var shown = filling == null ? new Filling(block, frame) : filling;
          var tag = origin(shown.frame(), shown.block().at());
          enclosed(tag, "{{$ " + block.key() + "}}", shown.block().body(), shown.frame(), depth);
        }
      }
    }
  }

  private void text(Frame frame, int at, int end) {
    origins.add(origin(frame, at));
    text.append(frame.source(), at, end);
    if (text.length() > longest) {
      throw origin(frame, at).fault("with what is put in, this is longer than " + longest);
    }
  }

  private void put(
      String key, Origin tag, String what, Frame frame, Map<String, Filling> fillings, int depth) {
    var path = frame.path().isEmpty() ? key : frame.path() + " > " + key;
    if (frame.stands(key)) {
      throw tag.fault("a template cannot stand in itself: " + path);
    }
    var pieces = templates.pieces(key);
    var source = templates.source(key);
    if (pieces == null || source == null) {
      throw tag.fault("there is no template '" + key + "'");
    }
    uses.add(key);
    enclosed(tag, what, pieces, new Frame(frame, key, path, source, fillings), depth);
  }

  private void enclosed(Origin tag, String what, List<Piece> body, Frame frame, int depth) {
    if (depth == MAX_DEPTH) {
      throw tag.fault("templates stand in each other deeper than " + MAX_DEPTH);
    }
    if (borders.size() >= 2 * MAX_TAGS) {
      throw tag.fault("more than " + MAX_TAGS + " templates and blocks are put together");
    }
    borders.add(new Border(text.length(), true, what, tag));
    write(body, frame, depth + 1);
    borders.add(new Border(text.length(), false, what, tag));
  }

  private Origin origin(Frame frame, int at) {
    return new Origin(text.length(), frame.path(), frame.source(), at);
  }
}
