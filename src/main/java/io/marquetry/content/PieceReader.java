package io.marquetry.content;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tags of one source that put templates together.
 *
 * <p>Design note: other tags are passed over and belong to whoever compiles the result; sections
 * are followed only because they close as blocks do. In scripts, styles and comments braces are
 * text, so that pages may carry templates of others in them.
 */
final class PieceReader implements HtmlTokenizer.Handler {
  private static final int MAX_TAG = 300;
  private static final int MAX_TAGS = 2_000;
  private static final int MAX_OPEN = 64;

  /** What is open: {@code <} a layout, {@code $} a block, {@code #} a section of somebody else. */
  private record Open(
      char kind, String key, int at, List<Piece> pieces, Map<String, Piece.Block> fillings) {}

  private final String source;
  private final Deque<Open> open = new ArrayDeque<>();
  private int textStart;
  private int tags;

  private PieceReader(String source) {
    this.source = source;
    open.push(new Open(' ', "", 0, new ArrayList<>(), Map.of()));
  }

  /**
   * Reads a source.
   *
   * @throws TemplateException with line and column where blocks are not closed or do not nest
   */
  static List<Piece> read(String source) {
    var reader = new PieceReader(source);
    if (source.contains("{{")) {
      new HtmlTokenizer(source, reader).run();
    }
    return reader.finish();
  }

  private List<Piece> finish() {
    for (var level : open) {
      if (level.kind() == '<' || level.kind() == '$') {
        throw fault(level.at(), "{{" + level.kind() + " " + level.key() + "}} is never closed");
      }
    }
    text(source.length());
    return List.copyOf(open.getLast().pieces());
  }

  @Override
  public void startTag(Tag tag) {}

  @Override
  public void endTag(String name, int start, int end) {}

  @Override
  public int templateTag(int at, Place place) {
    int end = end(at);
    boolean text =
        switch (place.kind()) {
          case RAW_TEXT, COMMENT, DECLARATION -> true;
          default -> end < 0;
        };
    if (text) {
      return at;
    }
    var inner = source.substring(at + 2, end - 2).strip();
    char kind = inner.isEmpty() ? ' ' : inner.charAt(0);
    var key = inner.isEmpty() ? "" : inner.substring(1).strip();
    switch (kind) {
      case '>', '<', '$' -> {
        if (Keys.isKey(key)) {
          begin(kind, key, at, end);
        }
      }
      case '#', '^' -> section(key, at);
      case '/' -> close(key, at, end);
      default -> {}
    }
    return end;
  }

  /** Where the tag that opens here ends; -1 where it is none. */
  private int end(int at) {
    int last = Math.min(source.length() - 1, at + MAX_TAG);
    boolean note = source.startsWith("{{!", at);
    for (int i = at + 2; i < last; i++) {
      if (source.startsWith("}}", i)) {
        return i + 2;
      }
      if (!note && source.startsWith("{{", i)) {
        return -1;
      }
    }
    return -1;
  }

  private void begin(char kind, String key, int at, int end) {
    if (++tags > MAX_TAGS) {
      throw fault(at, "more than " + MAX_TAGS + " template tags");
    }
    text(at);
    textStart = end;
    if (kind == '>') {
      add(new Piece.Partial(key, at));
    } else if (open.size() > MAX_OPEN) {
      throw fault(at, "blocks nest deeper than " + MAX_OPEN);
    } else {
      open.push(new Open(kind, key, at, new ArrayList<>(), new HashMap<>()));
    }
  }

  private void section(String key, int at) {
    if (open.size() < MAX_OPEN) {
      open.push(new Open('#', key, at, top().pieces(), top().fillings()));
    }
  }

  private Open top() {
    return Objects.requireNonNull(open.peek());
  }

  private void close(String key, int at, int end) {
    var opened = innermost(key);
    if (opened == null) {
      return;
    }
    if (opened.kind() == '#') {
      while (open.pop().at() != opened.at()) {
        // sections that were left open inside it are for the compiler to refuse
      }
      return;
    }
    dropSections(opened, at);
    text(at);
    open.pop();
    textStart = end;
    add(
        opened.kind() == '<'
            ? new Piece.Layout(key, opened.at(), opened.fillings())
            : new Piece.Block(key, opened.at(), opened.pieces()));
  }

  private @Nullable Open innermost(String key) {
    for (var level : open) {
      if (level.kind() != ' ' && level.key().equals(key)) {
        return level;
      }
    }
    return null;
  }

  private void dropSections(Open opened, int at) {
    while (top().at() != opened.at()) {
      var inner = open.pop();
      if (inner.kind() != '#') {
        throw fault(
            at,
            "{{/%s}} closes nothing here; expected {{/%s}}".formatted(opened.key(), inner.key()));
      }
    }
  }

  private void text(int end) {
    if (end > textStart) {
      if (top().kind() != '<') {
        top().pieces().add(new Piece.Text(textStart, end));
      } else if (!source.substring(textStart, end).isBlank()) {
        throw onlyBlocks(textStart, top());
      }
    }
    textStart = end;
  }

  private void add(Piece piece) {
    var around = top();
    if (around.kind() != '<') {
      around.pieces().add(piece);
    } else if (!(piece instanceof Piece.Block block)) {
      throw onlyBlocks(piece.at(), around);
    } else if (around.fillings().put(block.key(), block) != null) {
      throw fault(block.at(), "block '" + block.key() + "' is filled twice");
    }
  }

  private TemplateException onlyBlocks(int at, Open layout) {
    return fault(
        at,
        "only blocks {{$ key}}…{{/key}} stand between {{< %1$s}} and {{/%1$s}}"
            .formatted(layout.key()));
  }

  private TemplateException fault(int at, String message) {
    return TemplateException.at(source, at, message);
  }
}
