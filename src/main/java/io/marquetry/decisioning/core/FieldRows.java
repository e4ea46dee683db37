package io.marquetry.decisioning.core;

import io.marquetry.bus.SegmentationMessage.ProfileSnapshot;
import io.marquetry.kit.Id128;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The field values of visitors in their smallest form: an array of path, value, path, value, …
 *
 * <p>Paths are kept once for all. Rows that are equal and turn up near each other, as newcomers'
 * do, are kept once too, as far as a small table of the last ones seen remembers them.
 */
final class FieldRows {
  private static final int REMEMBERED = 1 << 12;
  private static final int MAX_PATHS = 1 << 14;

  /** No path of a field is like this. */
  private static final String UNIT = "~unit";

  private final Map<String, String> paths = new HashMap<>();
  private final Object[] @Nullable [] recent = new Object[REMEMBERED][];

  /** Null where there is no value. */
  Object @Nullable [] row(ProfileSnapshot snapshot) {
    var fields = snapshot.fields();
    var row = new Object[fields.size() * 2 + (snapshot.unit() == null ? 0 : 2)];
    int used = 0;
    for (var field : fields.entrySet()) {
      if (field.getValue() != null) {
        row[used++] = path(field.getKey());
        row[used++] = field.getValue();
      }
    }
    var unit = snapshot.unit();
    if (unit != null) {
      row[used++] = UNIT;
      row[used++] = unit;
    }
    return used == 0 ? null : remembered(used == row.length ? row : Arrays.copyOf(row, used));
  }

  private String path(String path) {
    if (paths.size() >= MAX_PATHS) {
      paths.clear();
    }
    var known = paths.get(path);
    if (known == null) {
      known = path.intern();
      paths.put(known, known);
    }
    return known;
  }

  private Object[] remembered(Object[] row) {
    int place = (int) Mixing.mix(Arrays.hashCode(row)) & (REMEMBERED - 1);
    var known = recent[place];
    if (known != null && Arrays.equals(known, row)) {
      return known;
    }
    recent[place] = row;
    return row;
  }

  /** By whose id lots are drawn for the visitor; it stands last. */
  @SuppressWarnings("ReferenceEquality")
  static Id128 unit(Object @Nullable [] row, Id128 visitor) {
    return row != null && row[row.length - 2] == UNIT ? (Id128) row[row.length - 1] : visitor;
  }

  /**
   * The value at a path, null where there is none.
   *
   * @param path the text of a {@link io.marquetry.condition.FieldPath}: interned, as paths here
   *     are, so that none but the right one has to be looked into
   */
  @SuppressWarnings("ReferenceEquality")
  static @Nullable Object value(Object[] row, String path) {
    for (int i = 0; i < row.length; i += 2) {
      if (row[i] == path) {
        return row[i + 1];
      }
    }
    return null;
  }
}
