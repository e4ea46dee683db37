package io.marquetry.platform;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the short-lived token (JWT, compact form) by which a site's own server says who the person
 * at this browser is.
 *
 * <p>Strict on purpose: the algorithm is HS256 whatever the token would like, the signature is
 * checked before a claim is looked at, and {@code sub}, {@code aud}, {@code iat} and {@code exp}
 * must be there. A token lives five minutes at most, so that one that leaks is soon worth nothing.
 * With the claim {@code vid}, the base64url SHA-256 of the visitor's anonymousId, it is worth
 * nothing in another browser either.
 *
 * <p>Not thread-safe: one instance for each event loop.
 */
public final class IdentityTokens {
  /** The field of an event's {@code context} that holds a token. */
  public static final String FIELD = "identityToken";

  static final long MAX_LIFE_SECONDS = 300;
  static final long SKEW_SECONDS = 60;
  private static final int MAX_LENGTH = 2_048;
  private static final int MAX_SIGNERS = 1_000;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final IdentityKeys keys;
  private final Map<String, Hmac> signers = new HashMap<>();
  private final MessageDigest digest;

  /** What a token is worth. */
  public sealed interface Finding {
    /** It is good, for this person in this browser. */
    record Good() implements Finding {}

    /**
     * It is good for nothing.
     *
     * @param code from a bounded set: {@code token_malformed}, {@code token_algorithm}, {@code
     *     token_key}, {@code token_signature}, {@code token_audience}, {@code token_subject},
     *     {@code token_visitor}, {@code token_lifetime}, {@code token_early}, {@code token_expired}
     * @param text for whoever made it
     */
    record Bad(String code, String text) implements Finding {}
  }

  private static final Finding GOOD = new Finding.Good();

  private static final class Problem extends Exception {
    private static final long serialVersionUID = 1;
    private final String code;

    Problem(String code, String text) {
      super(text, null, false, false);
      this.code = code;
    }
  }

  public IdentityTokens(IdentityKeys keys) {
    this.keys = keys;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * What a token is claimed for.
   *
   * @param site its audience
   * @param keyIds ids of the site's identity keys that are good now
   * @param user whom the event names
   * @param device the browser's id, null where it has none
   * @param now milliseconds since the epoch
   */
  public record Claim(
      String site, List<String> keyIds, String user, @Nullable String device, long now) {}

  /** Checks a token; total, whatever it holds. */
  public Finding check(@Nullable Object token, Claim claim) {
    try {
      if (!(token instanceof String text) || text.isEmpty() || text.length() > MAX_LENGTH) {
        throw malformed("a text of at most " + MAX_LENGTH + " characters is expected");
      }
      checkClaims(signed(text, claim), claim);
      return GOOD;
    } catch (Problem problem) {
      return new Finding.Bad(problem.code, String.valueOf(problem.getMessage()));
    }
  }

  private static Problem malformed(String text) {
    return new Problem("token_malformed", text);
  }

  /** The claims of a token whose signature is right. */
  private Map<String, Object> signed(String token, Claim claim) throws Problem {
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (first < 1 || second < first + 2 || token.indexOf('.', second + 1) >= 0) {
      throw malformed("a token has three parts with dots between them");
    }
    var header = object("header", token.substring(0, first));
    if (!"HS256".equals(header.get("alg")) || header.containsKey("crit")) {
      throw new Problem("token_algorithm", "a token is signed with HS256, without extensions");
    }
    var input = token.substring(0, second).getBytes(StandardCharsets.US_ASCII);
    var signature = token.substring(second + 1).getBytes(StandardCharsets.US_ASCII);
    for (var key : candidates(header, claim)) {
      var expected = ENCODER.encode(signer(claim.site(), key).end(input));
      // Whole texts are compared: a signature has exactly one accepted spelling.
      if (MessageDigest.isEqual(expected, signature)) {
        return object("payload", token.substring(first + 1, second));
      }
    }
    throw new Problem("token_signature", "the signature is not that of this site's identity key");
  }

  /** The key that the token names, or all of the site's; a site has few. */
  private static List<String> candidates(Map<String, Object> header, Claim claim) throws Problem {
    var named = header.get("kid");
    if (claim.keyIds().isEmpty()) {
      throw new Problem("token_key", "the site has no identity key; make one with keys.create");
    }
    if (named == null) {
      return claim.keyIds();
    }
    if (named instanceof String id && claim.keyIds().contains(id)) {
      return List.of(id);
    }
    throw new Problem("token_key", "kid names no identity key of this site that is good now");
  }

  private Hmac signer(String site, String keyId) {
    if (signers.size() >= MAX_SIGNERS) {
      signers.clear();
    }
    return signers.computeIfAbsent(
        site.length() + ":" + site + keyId, name -> keys.signer(site, keyId));
  }

  private static Map<String, Object> object(String part, String text) throws Problem {
    try {
      return Json.readObject(DECODER.decode(text));
    } catch (IllegalArgumentException | Json.Malformed e) {
      throw malformed("the " + part + " is not a JSON object in base64url");
    }
  }

  private void checkClaims(Map<String, Object> claims, Claim claim) throws Problem {
    if (!names(claims.get("aud"), claim.site())) {
      throw new Problem("token_audience", "aud must be the site " + claim.site());
    }
    if (!claim.user().equals(claims.get("sub"))) {
      throw new Problem("token_subject", "sub must be the event's userId");
    }
    checkTimes(claims, claim.now() / 1_000.0);
    var visitor = claims.get("vid");
    if (visitor != null && !visitor.equals(visitorHash(claim.device()))) {
      throw new Problem("token_visitor", "vid is the hash of another visitor's anonymousId");
    }
  }

  private static boolean names(@Nullable Object audience, String site) {
    return site.equals(audience) || (audience instanceof List<?> list && list.contains(site));
  }

  private static void checkTimes(Map<String, Object> claims, double now) throws Problem {
    double issued = seconds(claims, "iat");
    double expires = seconds(claims, "exp");
    if (expires <= issued || expires - issued > MAX_LIFE_SECONDS) {
      throw new Problem(
          "token_lifetime", "exp must be at most " + MAX_LIFE_SECONDS + " seconds behind iat");
    }
    double begins = claims.containsKey("nbf") ? seconds(claims, "nbf") : issued;
    if (Math.max(issued, begins) > now + SKEW_SECONDS) {
      throw new Problem("token_early", "iat or nbf is in the future; check the server's clock");
    }
    if (now >= expires + SKEW_SECONDS) {
      throw new Problem("token_expired", "the token has expired");
    }
  }

  private static double seconds(Map<String, Object> claims, String name) throws Problem {
    if (claims.get(name) instanceof Number number) {
      return number.doubleValue();
    }
    throw malformed(name + " must be a number of seconds since the epoch");
  }

  /** What {@code vid} says of an anonymousId. */
  @Nullable String visitorHash(@Nullable String device) {
    return device == null
        ? null
        : ENCODER.encodeToString(digest.digest(device.getBytes(StandardCharsets.UTF_8)));
  }
}
