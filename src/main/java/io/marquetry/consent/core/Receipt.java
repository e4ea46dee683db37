package io.marquetry.consent.core;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.kit.Id128;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consent record as it is kept, provable against everything recorded before it.
 *
 * <p>{@code hash} is SHA-256 over the hash before it, the record, and {@code subject}, which is
 * SHA-256 over a random salt and the record's keys. Nobody can change, leave out or slip in a
 * record without every later hash failing; yet keys and salt may be erased, after which the subject
 * tells nothing and the chain still holds.
 *
 * @param salt null where it was erased together with the record's keys
 * @param subject 64 lower-case hexadecimal digits
 * @param hash 64 lower-case hexadecimal digits
 */
public record Receipt(ConsentRecord record, @Nullable Id128 salt, String subject, String hash) {
  /** What the first receipt is chained to. */
  public static final String START = "0".repeat(64);

  /** Makes the receipt of a record behind {@code previous}, the hash of the one before it. */
  public static Receipt after(String previous, ConsentRecord record, Id128 salt) {
    var subject = subject(salt, record.keys());
    return new Receipt(record, salt, subject, hash(previous, record, subject));
  }

  /** Whether this is the unaltered receipt behind {@code previous}. */
  public boolean follows(String previous) {
    boolean same = salt == null || subject.equals(subject(salt, record.keys()));
    return same && hash.equals(hash(previous, record, subject));
  }

  private static String subject(Id128 salt, List<Id128> keys) {
    var bytes = ByteBuffer.allocate(16 * (keys.size() + 1));
    bytes.putLong(salt.high()).putLong(salt.low());
    keys.forEach(key -> bytes.putLong(key.high()).putLong(key.low()));
    return hex(sha256().digest(bytes.array()));
  }

  private static String hash(String previous, ConsentRecord record, String subject) {
    var digest = sha256();
    digest.update(HexFormat.of().parseHex(previous));
    digest.update(
        ByteBuffer.allocate(21)
            .putLong(record.version())
            .putLong(record.at())
            .putInt(record.purposes().bits())
            .put((byte) (record.explicit() ? 1 : 0))
            .array());
    add(digest, record.site());
    add(digest, record.source());
    digest.update(HexFormat.of().parseHex(subject));
    return hex(digest.digest());
  }

  /** Behind its length, so that no two different records read the same. */
  private static void add(MessageDigest digest, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
