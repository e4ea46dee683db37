package io.marquetry.content;

/** HTML that has passed {@link RichText}. */
record SafeHtml(String html) {}
