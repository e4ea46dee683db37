package io.marquetry.follow;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import io.marquetry.platform.IdentityKeys;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the keys that callers present are good for.
 *
 * <p>The catalogue holds only the SHA-256 of each key, in lower-case hexadecimal digits. Keys that
 * were found are remembered as presented, so that the beacon path hashes nothing; keys that are
 * unknown are not, so nobody can push the known ones out or make this grow.
 *
 * <p>Not thread-safe: one instance for each event loop.
 */
public final class KeyRing {
  /** Opens nothing. */
  public static KeyRing empty() {
    return new KeyRing(List.of());
  }

  private static final int MAX_SEEN = 4_096;

  private final Map<String, Access> byHash = new HashMap<>();
  private final Map<String, Access> seen = new HashMap<>();
  private final Map<String, List<String>> identityKeys = new HashMap<>();
  private final MessageDigest digest;

  /** What a key may be used for. */
  public enum Kind {
    /** Public, in every page: sends events, reads what the visitor's own browser may. */
    WRITE,
    /** Secret, on the customer's servers: may also speak for users. */
    SERVER
  }

  /** The site that a key belongs to, and what it may be used for there. */
  public record Access(String site, Kind kind) {
    public boolean isServer() {
      return kind == Kind.SERVER;
    }
  }

  /** The keys of a catalogue. A key of a kind that is unknown here opens nothing. */
  public KeyRing(Catalogue catalogue) {
    this(catalogue.keys());
  }

  private KeyRing(List<WriteKey> keys) {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    for (var key : keys) {
      if (key.kind().equals(IdentityKeys.KIND)) {
        identityKeys.computeIfAbsent(key.site(), site -> new ArrayList<>(2)).add(key.hash());
      }
      for (var kind : Kind.values()) {
        if (kind.name().equalsIgnoreCase(key.kind())) {
          byHash.put(key.hash(), new Access(key.site(), kind));
        }
      }
    }
  }

  /** What a key as presented is good for; null where it is unknown. */
  public @Nullable Access find(@Nullable String key) {
    if (key == null || key.isEmpty()) {
      return null;
    }
    var known = seen.get(key);
    if (known != null) {
      return known;
    }
    var found = byHash.get(hash(key));
    if (found != null && seen.size() < MAX_SEEN) {
      seen.put(key, found);
    }
    return found;
  }

  /** Ids of the keys that a site's servers may sign identity tokens with now. */
  public List<String> identityKeys(String site) {
    return identityKeys.getOrDefault(site, List.of());
  }

  private String hash(String key) {
    return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
  }
}
