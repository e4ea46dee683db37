package io.marquetry.assembly.core;

import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Decided;
import io.marquetry.content.Bindings;
import io.marquetry.content.Part;
import io.marquetry.content.Sink;
import io.marquetry.content.Slot;
import io.marquetry.content.VariantHead;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins the chunks of a page with what was decided for its slots.
 *
 * <p>Total: a slot whose variant is missing or fails to render shows its default markup, and its
 * neighbours are not touched. Chunks go to the sink by reference; what a live variant writes is
 * kept apart until it is known to be whole.
 */
public final class Assembler {
  private final PageSet set;
  private final byte[] headEnd;

  /**
   * @param headEnd what is added before the end of the head, on every page
   */
  public Assembler(PageSet set, byte[] headEnd) {
    this.set = set;
    this.headEnd = headEnd;
  }

  /**
   * Writes a page.
   *
   * @param decided what to show; null where nothing could be decided: every slot stays as it stands
   * @return how many slots show a variant
   */
  public int assemble(Page page, @Nullable Decided decided, Sink out) {
    var choices = choices(decided);
    var decision = decided == null ? null : Slot.decision(decided.decision().toString());
    int shown = 0;
    for (var part : page.template().parts()) {
      switch (part) {
        case Part.Static fixed -> out.write(fixed.bytes());
        case Part.Marker marker -> {
          if (marker == Part.Marker.HEAD_END && headEnd.length > 0) {
            out.write(headEnd);
          }
        }
        case Slot slot -> {
          if (decided == null || decision == null) {
            slot.renderUntouched(out);
          } else if (render(slot, choices.get(slot.component()), decided, decision, out)) {
            shown++;
          }
        }
      }
    }
    return shown;
  }

  /** Writes one slot; whether it shows a variant. */
  public boolean render(
      Slot slot, @Nullable Choice choice, Decided decided, byte[] decision, Sink out) {
    var key = choice == null ? null : choice.variant();
    var variant = key == null ? null : set.variant(slot.component(), key);
    if (variant == null) {
      slot.renderDefault(VariantHead.DEFAULT, decision, out);
      return false;
    }
    Bindings live = path -> decided.live().get(path);
    if (variant.content().isStatic()) {
      slot.render(variant.head(), decision, variant.content(), live, out);
      return true;
    }
    var whole = new Chunks();
    try {
      slot.render(variant.head(), decision, variant.content(), live, whole);
    } catch (RuntimeException e) {
      slot.renderDefault(VariantHead.DEFAULT, decision, out);
      return false;
    }
    whole.writeTo(out);
    return true;
  }

  private static Map<String, Choice> choices(@Nullable Decided decided) {
    var choices = new HashMap<String, Choice>();
    if (decided != null) {
      decided.choices().forEach(choice -> choices.put(choice.component(), choice));
    }
    return choices;
  }
}
