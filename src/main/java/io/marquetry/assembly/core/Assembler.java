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
 * neighbours are not touched; where no decision came in time a slot goes down its component's chain
 * by itself. Chunks go to the sink by reference; what a live variant writes is kept apart until it
 * is known to be whole.
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
   * @param decided what to show; null where nothing could be decided
   * @return how many slots show a variant that was decided
   */
  public int assemble(Page.Own page, @Nullable Decided decided, Sink out) {
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
            renderUndecided(slot, false, out);
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
    return render(slot, choice, decided, decision, false, out);
  }

  /**
   * Writes one slot.
   *
   * @param ascii whether the page's encoding is not known to be UTF-8
   * @return whether it shows a variant
   */
  public boolean render(
      Slot slot,
      @Nullable Choice choice,
      Decided decided,
      byte[] decision,
      boolean ascii,
      Sink out) {
    var key = choice == null ? null : choice.variant();
    var variant = key == null ? null : set.variant(slot.component(), key);
    if (variant == null) {
      slot.renderDefault(VariantHead.DEFAULT, decision, out);
      return false;
    }
    Bindings live = path -> decided.live().get(path);
    if (variant.content().isStatic()) {
      show(slot, variant, decision, live, ascii, out);
      return true;
    }
    var whole = new Chunks();
    try {
      show(slot, variant, decision, live, ascii, whole);
    } catch (RuntimeException e) {
      slot.renderDefault(VariantHead.DEFAULT, decision, out);
      return false;
    }
    whole.writeTo(out);
    return true;
  }

  private static void show(
      Slot slot, ShownVariant variant, byte[] decision, Bindings live, boolean ascii, Sink out) {
    if (ascii) {
      slot.renderAscii(variant.head(), decision, variant.content(), live, out);
    } else {
      slot.render(variant.head(), decision, variant.content(), live, out);
    }
  }

  /**
   * Writes one slot that nothing could be decided for: with what anybody may be shown, else as it
   * stands.
   *
   * @param ascii whether the page's encoding is not known to be UTF-8
   * @return whether it shows a variant
   */
  public boolean renderUndecided(Slot slot, boolean ascii, Sink out) {
    var variant = set.lastResort(slot.component());
    if (variant == null) {
      slot.renderUntouched(out);
    } else if (ascii) {
      slot.renderSharedAscii(variant.head(), variant.content(), out);
    } else {
      slot.renderShared(variant.head(), variant.content(), out);
    }
    return variant != null;
  }

  /** What a page that shows variants has to link: their styles; empty where there are none. */
  public byte[] styles() {
    return headEnd;
  }

  private static Map<String, Choice> choices(@Nullable Decided decided) {
    var choices = new HashMap<String, Choice>();
    if (decided != null) {
      decided.choices().forEach(choice -> choices.put(choice.component(), choice));
    }
    return choices;
  }
}
