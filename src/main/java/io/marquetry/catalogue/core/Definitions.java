package io.marquetry.catalogue.core;

import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is defined at one moment, and the last version of what was deleted; immutable.
 *
 * <p>Design note: a change copies the map. There are some thousands of definitions and some changes
 * a minute, and readers keep the snapshot they began with.
 */
public final class Definitions {
  /** Nothing at all. */
  public static final Definitions NONE = new Definitions(new TreeMap<>());

  private static final Comparator<Ref> BY_KIND_AND_KEY =
      Comparator.comparing(Ref::kind).thenComparing(Ref::key);
  private static final int VERSION_DIGITS = 16;

  private final NavigableMap<Ref, Latest> latest;
  private @Nullable String contentVersion;

  private Definitions(NavigableMap<Ref, Latest> latest) {
    this.latest = latest;
  }

  /** What a definition is called. */
  record Ref(Kind kind, String key) implements Comparable<Ref> {
    @Override
    public int compareTo(Ref other) {
      return BY_KIND_AND_KEY.compare(this, other);
    }
  }

  /**
   * The newest version of a definition.
   *
   * @param body null where that version deleted it
   */
  public record Latest(Kind kind, String key, int version, @Nullable Map<String, Object> body) {
    /** Names come in order, as the texts that are made of them must not depend on a restart. */
    public Latest {
      body = body == null ? null : InOrder.of(body);
    }

    Ref ref() {
      return new Ref(kind, key);
    }
  }

  /** The same with one definition in a newer version. */
  public Definitions with(Latest newer) {
    var copy = new TreeMap<>(latest);
    copy.put(newer.ref(), newer);
    return new Definitions(copy);
  }

  /** The same with many. */
  public static Definitions of(List<Latest> all) {
    var map = new TreeMap<Ref, Latest>();
    all.forEach(one -> map.put(one.ref(), one));
    return new Definitions(map);
  }

  /** The version of the newest change, 0 where there never was one. */
  public int version(Kind kind, String key) {
    var found = latest.get(new Ref(kind, key));
    return found == null ? 0 : found.version();
  }

  /** The body of what is defined; null where it is not. */
  public @Nullable Map<String, Object> body(Kind kind, String key) {
    var found = latest.get(new Ref(kind, key));
    return found == null ? null : found.body();
  }

  public boolean has(Kind kind, String key) {
    return body(kind, key) != null;
  }

  /** What is defined of a kind, in order of key. */
  List<Definition> all(Kind kind) {
    return list().stream().filter(definition -> definition.kind() == kind).toList();
  }

  /** Everything that is defined, in order of kind and key. */
  public List<Definition> list() {
    var list = new ArrayList<Definition>();
    for (var one : latest.values()) {
      var body = one.body();
      if (body != null) {
        list.add(new Definition(one.kind(), one.key(), one.version(), body));
      }
    }
    return list;
  }

  /**
   * The content version: the same definitions have the same one, whatever way they came about.
   *
   * @return the first 16 hexadecimal digits of SHA-256 over kind, key and canonical body of each
   */
  public String contentVersion() {
    var known = contentVersion;
    if (known == null) {
      known = hash();
      contentVersion = known;
    }
    return known;
  }

  private String hash() {
    var digest = sha256();
    for (var definition : list()) {
      var line =
          definition.kind().key()
              + '\n'
              + definition.key()
              + '\n'
              + CanonicalJson.of(definition.body())
              + '\n';
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_DIGITS);
  }

  /** Whether two bodies say the same. */
  public static boolean same(
      @Nullable Map<String, Object> one, @Nullable Map<String, Object> other) {
    return CanonicalJson.of(one).equals(CanonicalJson.of(other));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
