package io.marquetry.segmentation.core;

import java.util.List;

/**
 * What became of a profile's place in the world.
 *
 * @param entered keys of segments, in order of evaluation
 * @param left keys of segments, in order of evaluation
 * @param fieldsChanged whether a field that decisions read has another value
 */
record Change(List<String> entered, List<String> left, boolean fieldsChanged) {
  static final Change NONE = new Change(List.of(), List.of(), false);
  static final Change FIELDS = new Change(List.of(), List.of(), true);

  static Change of(List<String> entered, List<String> left, boolean fieldsChanged) {
    if (entered.isEmpty() && left.isEmpty()) {
      return fieldsChanged ? FIELDS : NONE;
    }
    return new Change(List.copyOf(entered), List.copyOf(left), fieldsChanged);
  }

  boolean isNone() {
    return !fieldsChanged && entered.isEmpty() && left.isEmpty();
  }
}
