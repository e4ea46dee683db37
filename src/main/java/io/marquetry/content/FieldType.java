package io.marquetry.content;

/** What a content field holds; decides how it is validated and which holes it may fill. */
public enum FieldType {
  /** A string, always escaped. */
  TEXT,
  /** A string of HTML, reduced to the allow-list of {@link RichText} when the variant is bound. */
  RICHTEXT,
  /** A link: http, https, mailto, tel or relative. */
  URL,
  /** An image address: as {@link #URL}, or a png, jpeg, gif or webp data URL. */
  IMAGE,
  /** A finite number. */
  NUMBER,
  /** True or false. */
  BOOLEAN,
  /** A list of maps or scalars, shown by a section. */
  LIST;

  /** The name used in JSON. */
  public String key() {
    return Ascii.lower(name());
  }
}
