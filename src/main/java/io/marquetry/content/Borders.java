package io.marquetry.content;

import io.marquetry.content.Composition.Border;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it, while a composition is walked, that whatever was put in ends in the {@link Place} it
 * began in.
 *
 * <p>Then it can be changed without moving what follows into another context, and holes are escaped
 * by the whole they stand in, on whichever side of a border that was written.
 */
final class Borders {
  private final List<Border> borders;
  private final Deque<Entered> entered = new ArrayDeque<>();
  private int passed;

  private record Entered(Place place, @Nullable Object around) {}

  Borders(Composition composition) {
    borders = composition.borders();
  }

  /** Offset of the border that is passed next; beyond every text where there is none. */
  int next() {
    return passed == borders.size() ? Integer.MAX_VALUE : borders.get(passed).at();
  }

  /**
   * Passes the next border.
   *
   * @param place at {@code at}, which lies behind the border where the walk could not stop at it
   * @param refused why nothing may be put in at this place; null where it may
   * @param around what is open, which has to be the same thing at both ends
   * @throws TemplateException at the tag that put it in
   */
  void pass(int at, Place place, @Nullable String refused, @Nullable Object around) {
    var border = borders.get(passed++);
    if (border.at() < at) {
      throw fault(border, "stands in the middle of a tag, a reference or another template tag");
    }
    if (refused != null) {
      throw fault(border, "stands " + refused);
    }
    if (border.begins()) {
      entered.push(new Entered(place, around));
      return;
    }
    var begun = entered.pop();
    if (!begun.place().equals(place)) {
      throw fault(border, "ends in another HTML context than it began in");
    }
    if (begun.around() != around) {
      throw fault(border, "opens or closes what is not wholly inside it");
    }
  }

  private static TemplateException fault(Border border, String why) {
    return border.tag().fault(border.what() + " " + why);
  }
}
