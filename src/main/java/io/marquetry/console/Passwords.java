package io.marquetry.console;

import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Passwords as Argon2id hashes in the PHC text form.
 *
 * <p>Hashing takes tens of milliseconds and 19 MiB on purpose, so it is done by two workers and
 * never on an event loop; where too many wait, further ones are refused rather than queued. An
 * unknown account is checked against a hash that nothing fits, so that it takes as long as a known
 * one.
 */
final class Passwords {
  /** The least that OWASP advises for Argon2id. */
  private static final int MEMORY_KIB = 19 * 1024;

  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int SALT = 16;
  private static final int HASH = 32;
  private static final int WORKERS = 2;
  private static final int MOST_WAITING = 32;

  private final WorkerExecutor workers;
  private final SecureRandom random = new SecureRandom();
  private final String nobody;
  private int waiting;

  Passwords(Vertx vertx) {
    workers = vertx.createSharedWorkerExecutor("console-passwords", WORKERS);
    nobody = phc(bytes(SALT), bytes(HASH));
  }

  /** The hash that nothing fits. */
  String nobody() {
    return nobody;
  }

  Future<String> hash(String password) {
    var salt = bytes(SALT);
    return work(() -> phc(salt, argon2(password, salt, MEMORY_KIB, PASSES, LANES, HASH)));
  }

  /** Whether a password fits a hash. */
  Future<Boolean> fits(String password, String phc) {
    return work(() -> verify(password, phc));
  }

  Future<Void> close() {
    return workers.close();
  }

  private <T> Future<T> work(Callable<T> work) {
    if (waiting >= MOST_WAITING) {
      return Future.failedFuture(
          new Refused(Reason.OVERLOADED, "too many log in at once; try again"));
    }
    waiting++;
    return workers.executeBlocking(work, false).andThen(done -> waiting--);
  }

  static boolean verify(String password, String phc) {
    var parts = phc.split("\\$", -1);
    if (parts.length != 6 || !parts[1].equals("argon2id") || !parts[2].equals("v=19")) {
      throw new IllegalStateException("a stored password hash is of an unknown form");
    }
    var costs = parts[3].split("[=,]", -1);
    var salt = Base64.getDecoder().decode(parts[4]);
    var wanted = Base64.getDecoder().decode(parts[5]);
    var found =
        argon2(
            password,
            salt,
            Integer.parseInt(costs[1]),
            Integer.parseInt(costs[3]),
            Integer.parseInt(costs[5]),
            wanted.length);
    return MessageDigest.isEqual(wanted, found);
  }

  private static byte[] argon2(
      String password, byte[] salt, int memoryKib, int passes, int lanes, int length) {
    var generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(passes)
            .withParallelism(lanes)
            .withSalt(salt)
            .build());
    var hash = new byte[length];
    generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    return hash;
  }

  private static String phc(byte[] salt, byte[] hash) {
    var base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            MEMORY_KIB, PASSES, LANES, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  private byte[] bytes(int count) {
    var bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
