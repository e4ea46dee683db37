package io.marquetry.content;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Walks the nodes of a template, at bind time and again for what is live.
 *
 * <p>Design note: binding is partial evaluation. Whatever needs no visitor becomes bytes; a hole or
 * section that meets a {@link LiveValue} becomes a {@link Live} piece that keeps its scope and is
 * walked by this same code for each request. Both walks are bounded: binding fails beyond its
 * limits, a request just stops repeating, which leaves the page well formed.
 */
final class Interpreter {
  /** A node left for the request, with the values around it. */
  record Live(Node node, Scope scope, int listDepth) {}

  static final int MAX_LIST_DEPTH = 3;
  static final int MAX_BYTES = 1024 * 1024;
  private static final int MAX_BOUND_STEPS = 100_000;
  private static final int MAX_LIVE_REPEATS = 1_000;

  private final Utf8Writer out;
  private final @Nullable Bindings live;
  private final List<Object> pieces;
  private int steps;
  private int flushed;

  private Interpreter(@Nullable Bindings live, List<Object> pieces, int capacity) {
    this.live = live;
    this.pieces = pieces;
    this.out = new Utf8Writer(capacity);
  }

  /** Renders what is static and adds byte arrays and {@link Live} pieces to {@code pieces}. */
  static void bind(List<Node> nodes, Map<String, @Nullable Object> values, List<Object> pieces) {
    Interpreter interpreter = new Interpreter(null, pieces, 4_096);
    interpreter.walk(nodes, Scope.of(values), 0);
    interpreter.flush();
  }

  /** Renders one live piece; answers its length in bytes. */
  static int render(Live piece, Bindings live, Sink sink) {
    Interpreter interpreter =
        new Interpreter(live, List.of(), piece.node() instanceof Node.Hole ? 64 : 1_024);
    interpreter.node(piece.node(), piece.scope(), piece.listDepth());
    int size = interpreter.out.size();
    if (size > 0) {
      interpreter.out.handOver(sink);
    }
    return size;
  }

  private void walk(List<Node> nodes, Scope scope, int listDepth) {
    for (Node node : nodes) {
      node(node, scope, listDepth);
    }
  }

  private void node(Node node, Scope scope, int listDepth) {
    if (live == null && (++steps > MAX_BOUND_STEPS || flushed + out.size() > MAX_BYTES)) {
      throw new InvalidContentException("content", "renders to more than " + MAX_BYTES + " bytes");
    }
    switch (node) {
      case Node.Literal literal -> out.write(literal.bytes());
      case Node.Hole hole -> {
        Object value = scope.find(hole.path(), live);
        if (value instanceof LiveValue) {
          leave(node, scope, listDepth);
        } else {
          hole.escape().write(value, out);
        }
      }
      case Node.Section section -> {
        Object value = scope.find(section.path(), live);
        if (value instanceof LiveValue) {
          leave(node, scope, listDepth);
        } else {
          section(section, value, scope, listDepth);
        }
      }
    }
  }

  private void section(Node.Section section, @Nullable Object value, Scope scope, int listDepth) {
    boolean present = isPresent(value);
    if (section.inverted()) {
      if (!present) {
        walk(section.body(), scope, listDepth);
      }
    } else if (value instanceof List<?> list) {
      repeat(section, list, scope, listDepth + 1);
    } else if (value != null && present) {
      walk(section.body(), scope.withPresent(value), listDepth);
    }
  }

  private void repeat(Node.Section section, List<?> list, Scope scope, int listDepth) {
    if (listDepth > MAX_LIST_DEPTH) {
      if (live == null) {
        throw new InvalidContentException(
            section.path().toString(), "lists nest deeper than " + MAX_LIST_DEPTH);
      }
      return;
    }
    for (Object element : list) {
      if (live != null && (++steps > MAX_LIVE_REPEATS || out.size() > MAX_BYTES)) {
        return;
      }
      walk(section.body(), scope.withItem(element), listDepth);
    }
  }

  private static boolean isPresent(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean bool -> bool;
      case String text -> !text.isEmpty();
      case SafeHtml rich -> !rich.html().isEmpty();
      case List<?> list -> !list.isEmpty();
      default -> true;
    };
  }

  private void leave(Node node, Scope scope, int listDepth) {
    flush();
    pieces.add(new Live(node, scope, listDepth));
  }

  private void flush() {
    if (out.size() > 0) {
      flushed += out.size();
      pieces.add(out.toByteArray());
      out.clear();
    }
  }
}
