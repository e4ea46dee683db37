package io.marquetry.testkit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An identity token as a site's own server makes it, or as somebody would who may not. */
public final class Token {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final Map<String, Object> header = new LinkedHashMap<>();
  private final Map<String, Object> claims = new LinkedHashMap<>();

  private Token() {
    header.put("alg", "HS256");
    header.put("typ", "JWT");
  }

  /** A good token but for its signature: issued now, good for five minutes. */
  public static Token of(String site, String user, Instant now) {
    return new Token()
        .claim("sub", user)
        .claim("aud", site)
        .claim("iat", now.getEpochSecond())
        .claim("exp", now.getEpochSecond() + 300);
  }

  public Token header(String name, Object value) {
    header.put(name, value);
    return this;
  }

  public Token claim(String name, Object value) {
    claims.put(name, value);
    return this;
  }

  public Token without(String name) {
    claims.remove(name);
    return this;
  }

  /** Good in the browser with this anonymousId alone. */
  public Token bound(String anonymousId) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return claim("vid", BASE64.encodeToString(digest.digest(bytes(anonymousId))));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The token, signed with the text that {@code keys.create} gave out. */
  public String signed(String secret) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));
      var input = unsigned();
      return input + "." + BASE64.encodeToString(mac.doFinal(bytes(input)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Header and payload, without the last dot. */
  public String unsigned() {
    return BASE64.encodeToString(Answer.write(header))
        + "."
        + BASE64.encodeToString(Answer.write(claims));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
