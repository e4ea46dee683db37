package io.marquetry.bus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the catalogue of definitions takes, answers and publishes. */
public sealed interface CatalogueMessage extends BusMessage {

  /** What people define. */
  enum Kind {
    SITE,
    SEGMENT,
    COMPONENT,
    VARIANT,
    RULE,
    PAGE,
    SETTING;

    /** The name used in JSON and in the database. */
    public String key() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * One definition as stored.
   *
   * @param key unique within the kind; a variant's is {@code component/variant}
   * @param version counts the changes of this definition from 1
   * @param body as it was put, validated
   */
  record Definition(Kind kind, String key, int version, Map<String, Object> body)
      implements CatalogueMessage {
    public Definition {
      body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    }
  }

  /** A write key, as the hash under which it is looked up. */
  record WriteKey(String hash, String site, String kind) implements CatalogueMessage {}

  /**
   * Everything that is defined, at one moment; immutable.
   *
   * @param version content hash over all of it: the same definitions have the same version
   * @param revision counts publications of this installation
   */
  record Catalogue(String version, long revision, List<Definition> definitions, List<WriteKey> keys)
      implements CatalogueMessage {
    public Catalogue {
      definitions = List.copyOf(definitions);
      keys = List.copyOf(keys);
    }

    /** All definitions of a kind, in order of key. */
    public List<Definition> all(Kind kind) {
      var found = new ArrayList<Definition>();
      for (var definition : definitions) {
        if (definition.kind() == kind) {
          found.add(definition);
        }
      }
      return found;
    }
  }

  /** Asks for what is defined now. */
  record GetCatalogue() implements CatalogueMessage {}

  /**
   * Creates, replaces or (with a null body) deletes a definition.
   *
   * @param actor who does it, for the audit
   */
  record Put(Kind kind, String key, @Nullable Map<String, Object> body, String actor)
      implements CatalogueMessage {
    public Put {
      body = body == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(body));
    }
  }

  /** The definition as stored and effective everywhere in this process. */
  record PutDone(Definition definition, long revision) implements CatalogueMessage {}

  /** Creates a key for a site. */
  record CreateKey(String site, String kind, String name, String actor)
      implements CatalogueMessage {}

  /** A new key; the only time it is shown. */
  record KeyCreated(String id, String key) implements CatalogueMessage {}

  /** Takes over a catalogue whole; answered when it is effective. */
  record Define(Catalogue catalogue) implements CatalogueMessage {}
}
