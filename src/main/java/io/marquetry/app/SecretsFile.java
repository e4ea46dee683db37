package io.marquetry.app;

import io.marquetry.platform.Json;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;

/**
 * The installation's keys, made at first start and kept with the data, for the owner's eyes only.
 */
final class SecretsFile {
  private static final int BYTES = 32;

  private SecretsFile() {}

  static Secrets in(Path data) {
    var file = data.resolve("secrets.json");
    try {
      if (!Files.exists(file)) {
        write(file);
      }
    } catch (IOException e) {
      throw unusable(file, e);
    }
    return read(file);
  }

  /** Those of an installation that another process has made. */
  static Secrets read(Path file) {
    try {
      var json = Json.readOwn(Files.readAllBytes(file));
      return new Secrets(key(json, "ids"), key(json, "cookies"));
    } catch (IOException | RuntimeException e) {
      throw unusable(file, e);
    }
  }

  private static StartupProblem unusable(Path file, Exception e) {
    return new StartupProblem(
        "cannot use %s: %s; restore it from a backup, or visitors will not be known again"
            .formatted(file, StartupProblem.reason(e)),
        e);
  }

  private static byte[] key(Map<String, Object> json, String name) {
    return HexFormat.of().parseHex(String.valueOf(json.get(name)));
  }

  private static void write(Path file) throws IOException {
    var random = new SecureRandom();
    var text = Json.writeText(Map.of("ids", fresh(random), "cookies", fresh(random)));
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var draft = Files.createTempFile(file.getParent(), "secrets", ".new", owner);
    Files.writeString(draft, text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String fresh(SecureRandom random) {
    var bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
