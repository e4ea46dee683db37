package io.marquetry.postgres;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * The password of the embedded server, 256 random bits in {@code postgres.password}, a file only
 * its owner can read; it keeps other users of this machine out, who can reach the loopback port as
 * well.
 *
 * @param generated whether it was made just now, so that the server cannot know it yet
 */
record Password(String text, boolean generated) {

  private static final int BYTES = 32;

  static Password in(Path directory) {
    var file = directory.resolve("postgres.password");
    try {
      return Files.exists(file)
          ? new Password(Files.readString(file, US_ASCII).strip(), false)
          : generate(file);
    } catch (IOException e) {
      throw new StartupProblem("cannot keep " + file + ": " + StartupProblem.reason(e), e);
    }
  }

  /** Written aside and moved, so that a file with this name always holds a whole password. */
  private static Password generate(Path file) throws IOException {
    var bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    var text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    var fresh = file.resolveSibling("postgres.password.new");
    Files.deleteIfExists(fresh);
    try (var channel =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap((text + "\n").getBytes(US_ASCII)));
      channel.force(true);
    }
    Files.move(fresh, file);
    return new Password(text, true);
  }

  @Override
  public String toString() {
    return "Password[…]";
  }
}
