package io.marquetry.ingest.core;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How a provider signs the bodies it sends.
 *
 * <p>By an HMAC with a secret that both know, or by ECDSA (P-256, SHA-256), where ours is the
 * public half. Some sign the time of sending before the body. A signature that was read along may
 * be sent again; that is harmless, since an event counts once by its id.
 *
 * @param scheme {@code hmac-sha1}, {@code hmac-sha256} or {@code ecdsa-p256-sha256}
 * @param header that holds the signature
 * @param prefix before it in the header, empty for none
 * @param encoding {@code hex} or {@code base64}
 * @param timestampHeader whose value is signed before the body, empty for none
 */
public record HookSignature(
    String scheme, String header, String prefix, String encoding, String timestampHeader) {
  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "hmac-sha1", "HmacSHA1",
          "hmac-sha256", "HmacSHA256",
          "ecdsa-p256-sha256", "SHA256withECDSA");

  static HookSignature read(Map<String, Object> json) {
    var known = Set.of("scheme", "header", "prefix", "encoding", "timestampHeader");
    for (var entry : json.entrySet()) {
      if (!known.contains(entry.getKey()) || !(entry.getValue() instanceof String)) {
        throw new IllegalArgumentException(
            "signature."
                + entry.getKey()
                + " is unknown or no text; known are "
                + new TreeSet<>(known));
      }
    }
    var signature =
        new HookSignature(
            text(json, "scheme"),
            text(json, "header"),
            text(json, "prefix"),
            text(json, "encoding"),
            text(json, "timestampHeader"));
    if (!ALGORITHMS.containsKey(signature.scheme())) {
      throw new IllegalArgumentException(
          "signature.scheme must be one of " + new TreeSet<>(ALGORITHMS.keySet()));
    }
    if (!Set.of("hex", "base64").contains(signature.encoding())) {
      throw new IllegalArgumentException("signature.encoding must be hex or base64");
    }
    if (signature.header().isEmpty()) {
      throw new IllegalArgumentException("signature.header is missing");
    }
    return signature;
  }

  private static String text(Map<String, Object> json, String field) {
    return json.get(field) instanceof String text ? text : "";
  }

  /**
   * Whether a body was signed with this secret.
   *
   * @param secret as the provider shows it: a text, or a public key as base64
   * @param headers value by name of header, null where there is none
   */
  public boolean verify(String secret, Function<String, @Nullable String> headers, byte[] body) {
    var sent = headers.apply(header);
    var time = timestampHeader.isEmpty() ? "" : headers.apply(timestampHeader);
    if (sent == null || time == null || !sent.startsWith(prefix)) {
      return false;
    }
    try {
      var signature = decode(sent.substring(prefix.length()).strip());
      var stamp = time.getBytes(StandardCharsets.UTF_8);
      return scheme.startsWith("hmac")
          ? MessageDigest.isEqual(mac(secret, stamp, body), signature)
          : isSigned(secret, stamp, body, signature);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false; // no signature at all, or no key
    }
  }

  private byte[] decode(String text) {
    return encoding.equals("hex")
        ? HexFormat.of().parseHex(text)
        : Base64.getDecoder().decode(text);
  }

  private String algorithm() {
    return ALGORITHMS.getOrDefault(scheme, "");
  }

  private byte[] mac(String secret, byte[] stamp, byte[] body) throws GeneralSecurityException {
    var mac = Mac.getInstance(algorithm());
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm()));
    mac.update(stamp);
    return mac.doFinal(body);
  }

  private boolean isSigned(String publicKey, byte[] stamp, byte[] body, byte[] signature)
      throws GeneralSecurityException {
    var key = new X509EncodedKeySpec(Base64.getMimeDecoder().decode(publicKey));
    var verifier = Signature.getInstance(algorithm());
    verifier.initVerify(KeyFactory.getInstance("EC").generatePublic(key));
    verifier.update(stamp);
    verifier.update(body);
    return verifier.verify(signature);
  }
}
