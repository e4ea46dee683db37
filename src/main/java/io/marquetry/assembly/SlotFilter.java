package io.marquetry.assembly;

import io.marquetry.assembly.PageDecisions.Decision;
import io.marquetry.assembly.core.Assembler;
import io.marquetry.assembly.core.Chunks;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.content.Sink;
import io.marquetry.content.Slot;
import io.marquetry.content.SlotStream;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts variants into the slots of one page while it passes.
 *
 * <p>What was expected is decided already; a slot that was not is asked for when it comes, together
 * with all others that came in the same piece, and what follows it waits. To be used on one event
 * loop.
 */
final class SlotFilter implements SlotStream.Out {
  /** Slots beyond these stay as they stand. */
  private static final int MOST_SLOTS = 200;

  /** Something of the page that waits for its turn. */
  private sealed interface Piece {
    @SuppressWarnings("ArrayRecordComponent") // handed on by reference, changed by nobody
    record Text(byte[] bytes, int offset, int length) implements Piece {}

    record Gap(Slot slot) implements Piece {}
  }

  /** What was decided for a component, and the mark of the decision. */
  @SuppressWarnings("ArrayRecordComponent") // handed on by reference, changed by nobody
  private record Known(Choice choice, Decided decided, byte[] mark) {}

  private final Assembler assembler;
  private final boolean ascii;
  private final Function<List<String>, Future<Decision>> decisions;
  private final SlotStream stream = new SlotStream(this);
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private final Map<String, Known> known = new HashMap<>();
  private final Set<String> asked = new HashSet<>();
  private final Set<String> seen = new LinkedHashSet<>();
  private int slots;
  private int shown;
  private boolean styled;

  SlotFilter(
      Assembler assembler, boolean ascii, Function<List<String>, Future<Decision>> decisions) {
    this.assembler = assembler;
    this.ascii = ascii;
    this.decisions = decisions;
  }

  /** Takes note of what was decided. */
  void learn(List<String> components, Decision decision) {
    var decided = decision.decided();
    if (decided != null) {
      var mark = Slot.decision(decided.decision().toString());
      decided.choices().forEach(c -> known.put(c.component(), new Known(c, decided, mark)));
    }
    asked.addAll(components);
  }

  /** Takes the next piece of the page. */
  void feed(byte[] piece) {
    stream.feed(piece);
  }

  /** The page ended. */
  void end() {
    stream.end();
  }

  @Override
  public void pass(byte[] bytes, int offset, int length) {
    pieces.add(new Piece.Text(bytes, offset, length));
  }

  @Override
  public void slot(Slot slot) {
    slots++;
    seen.add(slot.component());
    pieces.add(new Piece.Gap(slot));
  }

  /**
   * Writes what can be written now.
   *
   * @return null where that is all; else what has to be decided before the rest
   */
  @Nullable Future<?> write(Chunks out) {
    for (var piece = pieces.peek(); piece != null; piece = pieces.peek()) {
      switch (piece) {
        case Piece.Text text -> out.write(text.bytes(), text.offset(), text.length());
        case Piece.Gap gap -> {
          if (!isAsked(gap.slot().component())) {
            return ask();
          }
          fill(gap.slot(), out);
        }
      }
      pieces.remove();
    }
    return null;
  }

  private boolean isAsked(String component) {
    return asked.contains(component) || slots > MOST_SLOTS;
  }

  private Future<?> ask() {
    var missing = new LinkedHashSet<String>();
    for (var piece : pieces) {
      if (piece instanceof Piece.Gap gap && !asked.contains(gap.slot().component())) {
        missing.add(gap.slot().component());
      }
    }
    var components = List.copyOf(missing);
    return decisions.apply(components).onSuccess(decision -> learn(components, decision));
  }

  private void fill(Slot slot, Sink out) {
    if (!styled) {
      styled = true;
      out.write(assembler.styles());
    }
    var found = known.get(slot.component());
    if (found == null) {
      assembler.renderUndecided(slot, ascii, out);
    } else if (assembler.render(slot, found.choice(), found.decided(), found.mark(), ascii, out)) {
      shown++;
    }
  }

  /** The components of the slots that came by, in order of first appearance. */
  List<String> components() {
    return List.copyOf(seen);
  }

  /** How many of them show a variant. */
  int shown() {
    return shown;
  }
}
