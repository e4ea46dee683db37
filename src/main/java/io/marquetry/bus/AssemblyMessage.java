package io.marquetry.bus;

import java.util.Map;

/** What assembly takes and answers. */
public sealed interface AssemblyMessage extends BusMessage {

  /** Renders one component's variant as it would leave the server. */
  record Render(String component, String variant, Map<String, Object> live)
      implements AssemblyMessage {}

  /** The markup, and what the variant's content came to. */
  record Rendered(String html, Map<String, Object> content) implements AssemblyMessage {}

  /** Checks a catalogue that is about to become effective; refused with the path of the fault. */
  record Check(CatalogueMessage.Catalogue catalogue) implements AssemblyMessage {}
}
