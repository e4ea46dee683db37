package io.marquetry.bus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
    SETTING,
    SCHEMA,
    MODEL,
    TEMPLATE;

    /** The name used in JSON and in the database. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
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

  /**
   * A key of a site that is good now.
   *
   * @param hash under which it is looked up; of an identity key its id
   * @param kind {@code write}, {@code server} or {@code identity}
   */
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
   * Asks for what was defined once; keys are left out.
   *
   * @param version content version
   */
  record GetCatalogueAt(String version) implements CatalogueMessage {}

  /**
   * Creates, replaces or (with a null body) deletes a definition.
   *
   * @param actor who does it, for the audit
   * @param basedOn the version it was made from; refused as a conflict where that is no longer the
   *     current one. Null to go ahead whatever is there
   */
  record Put(
      Kind kind,
      String key,
      @Nullable Map<String, Object> body,
      String actor,
      @Nullable Integer basedOn)
      implements CatalogueMessage {
    public Put {
      body = body == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(body));
    }

    public Put(Kind kind, String key, @Nullable Map<String, Object> body, String actor) {
      this(kind, key, body, actor, null);
    }
  }

  /**
   * The definition as stored and effective everywhere in this process.
   *
   * @param conflicts what it contradicts; it is stored all the same
   */
  record PutDone(Definition definition, long revision, List<Conflict> conflicts)
      implements CatalogueMessage {
    public PutDone {
      conflicts = List.copyOf(conflicts);
    }

    public PutDone(Definition definition, long revision) {
      this(definition, revision, List.of());
    }
  }

  /**
   * Rules that contradict each other for some visitor.
   *
   * @param rules keys of those that take part, the one that was put among them
   * @param kind {@code same-priority} or {@code constraint}
   * @param overlap {@code certain} where some visitor meets all conditions, {@code possible} where
   *     that cannot be told from them
   * @param text what it comes to, in plain words
   */
  record Conflict(List<String> rules, String kind, String overlap, String text)
      implements CatalogueMessage {
    public Conflict {
      rules = List.copyOf(rules);
    }
  }

  /** Asks for every version of one definition. */
  record GetHistory(Kind kind, String key) implements CatalogueMessage {}

  /** Every version of one definition, newest first; empty where there never was one. */
  record History(List<Past> versions) implements CatalogueMessage {
    public History {
      versions = List.copyOf(versions);
    }
  }

  /**
   * One version of a definition.
   *
   * @param deleted whether this version ended it; its body is empty then
   * @param at milliseconds since the epoch
   */
  record Past(int version, Map<String, Object> body, boolean deleted, String actor, long at)
      implements CatalogueMessage {
    public Past {
      body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    }
  }

  /**
   * Creates a key for a site.
   *
   * @param kind {@code write} for browsers or {@code server}
   * @param key the key itself where it is to be a known one, only for kind write; null to make one
   *     up. Asking again for a known key that exists answers it
   */
  record CreateKey(String site, String kind, String name, @Nullable String key, String actor)
      implements CatalogueMessage {}

  /** Ends a key, at once and for good. */
  record RevokeKey(String id, String actor) implements CatalogueMessage {}

  /** Asks for the keys of a site, or of all with null. */
  record GetKeys(@Nullable String site) implements CatalogueMessage {}

  /** Keys as far as they may be shown, oldest first. */
  record Keys(List<KeyView> keys) implements CatalogueMessage {
    public Keys {
      keys = List.copyOf(keys);
    }
  }

  /** A key without the key; times in milliseconds since the epoch, null while it is not revoked. */
  record KeyView(
      String id, String site, String kind, String name, long createdAt, @Nullable Long revokedAt)
      implements CatalogueMessage {}

  /**
   * Notes down what somebody does; done once it is stored.
   *
   * @param operation such as {@code users.put}
   * @param target what it is done to
   * @param before null where there was nothing, or nothing is changed
   * @param after null where nothing is left, or nothing is changed
   */
  record Audit(
      String actor,
      String operation,
      String target,
      @Nullable Map<String, Object> before,
      @Nullable Map<String, Object> after)
      implements CatalogueMessage {}

  /** Asks what was done; every filter may be null. Times in milliseconds since the epoch. */
  record QueryAudit(
      @Nullable String actor,
      @Nullable String operation,
      @Nullable String target,
      @Nullable Long from,
      @Nullable Long to,
      int limit)
      implements CatalogueMessage {}

  /** What was done, newest first. */
  record AuditTrail(List<AuditEntry> entries) implements CatalogueMessage {
    public AuditTrail {
      entries = List.copyOf(entries);
    }
  }

  /** One thing done; see {@link Audit}. */
  record AuditEntry(long id, long at, Audit audit) implements CatalogueMessage {}

  /** A new key; the only time it is shown. */
  record KeyCreated(String id, String key) implements CatalogueMessage {}

  /** Takes over a catalogue whole; answered when it is effective. */
  record Define(Catalogue catalogue) implements CatalogueMessage {}
}
