package io.marquetry.segmentation.core;

/** What a new plan asks of the profiles that are there. */
public enum Realignment {
  /** Nothing. */
  NONE,
  /** Some may be in other segments. */
  SEGMENTS,
  /** Besides, decisions read other fields. */
  FIELDS
}
