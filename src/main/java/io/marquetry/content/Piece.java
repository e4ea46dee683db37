package io.marquetry.content;

import java.util.List;
import java.util.Map;

/** A piece of a template's source that says how templates are put together; {@code at} is where. */
sealed interface Piece {
  int at();

  /** Source that stands for itself, {@code [at, end)}. */
  record Text(int at, int end) implements Piece {}

  /** <code>{{> key}}</code>: another template. */
  record Partial(String key, int at) implements Piece {}

  /** <code>{{< key}}…{{/key}}</code>: another template, with blocks of it filled. */
  record Layout(String key, int at, Map<String, Block> fillings) implements Piece {
    public Layout {
      fillings = Map.copyOf(fillings);
    }
  }

  /** <code>{{$ key}}…{{/key}}</code>: what stands here where nobody fills it. */
  record Block(String key, int at, List<Piece> body) implements Piece {
    public Block {
      body = List.copyOf(body);
    }
  }
}
