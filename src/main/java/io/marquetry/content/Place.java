package io.marquetry.content;

/**
 * Where in the HTML a template tag stands. Two tags stand in the same place when their records are
 * equal: {@code start} is the offset of the tag, attribute value or raw text they share, and {@code
 * foreignDepth} counts the svg and math elements around them.
 */
record Place(Kind kind, String element, String attribute, int start, int foreignDepth) {

  enum Kind {
    /** Ordinary content. */
    TEXT,
    /** Inside title or textarea: text with character references. */
    ESCAPABLE_TEXT,
    /** Inside script, style and other elements whose text is not markup. */
    RAW_TEXT,
    COMMENT,
    /** Inside a doctype or CDATA section. */
    DECLARATION,
    TAG_NAME,
    /** In a tag, where an attribute may start. */
    BETWEEN_ATTRIBUTES,
    ATTRIBUTE_NAME,
    /** In or just before an attribute value without quotes. */
    UNQUOTED_VALUE,
    QUOTED_VALUE
  }
}
