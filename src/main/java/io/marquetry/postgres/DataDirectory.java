package io.marquetry.postgres;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The directory that holds everything this process keeps, owned by one process at a time.
 *
 * <p>Ownership is an exclusive operating-system lock on {@code marquetry.lock}, which the kernel
 * gives back however the process ends, so there is no stale lock to remove. POSIX drops such a lock
 * as soon as <em>any</em> channel on the file is closed by the same process; therefore a second
 * attempt inside one process is refused from a set in memory, before the file is touched.
 */
public final class DataDirectory implements AutoCloseable {

  private static final String LOCK_FILE = "marquetry.lock";
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Creates the directory if it is absent (readable by its owner alone) and locks it.
   *
   * @throws StartupProblem if it cannot be created or written, or another process holds it
   */
  public static DataDirectory open(Path directory) {
    var path = create(directory.toAbsolutePath().normalize());
    if (!HELD.add(path)) {
      throw inUse(path, Long.toString(ProcessHandle.current().pid()));
    }
    try {
      return new DataDirectory(path, lock(path));
    } catch (RuntimeException problem) {
      HELD.remove(path);
      throw problem;
    }
  }

  /** The absolute path, symbolic links resolved. */
  public Path path() {
    return path;
  }

  /** Gives the directory back. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new StartupProblem("cannot release " + path + ": " + StartupProblem.reason(e), e);
    } finally {
      HELD.remove(path);
    }
  }

  private static Path create(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        if (path.getParent() != null) {
          Files.createDirectories(path.getParent());
        }
        Files.createDirectory(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return path.toRealPath();
    } catch (IOException e) {
      throw unusable(path, "cannot be created", e);
    }
  }

  private static FileChannel lock(Path path) {
    FileChannel channel;
    try {
      channel = FileChannel.open(path.resolve(LOCK_FILE), CREATE, READ, WRITE);
    } catch (IOException e) {
      throw unusable(path, "is not writable", e);
    }
    try {
      if (channel.tryLock() == null) {
        var holder = holder(channel);
        channel.close();
        throw inUse(path, holder);
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(US_ASCII)), 0);
      return channel;
    } catch (IOException e) {
      throw unusable(path, "cannot be locked", e);
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(20);
    channel.read(bytes, 0);
    var pid = new String(bytes.array(), 0, bytes.position(), US_ASCII);
    return pid.isBlank() ? "unknown" : pid.strip();
  }

  private static StartupProblem inUse(Path path, String pid) {
    return new StartupProblem(
        "data directory "
            + path
            + " is in use by another Marquetry (pid "
            + pid
            + "); stop it or choose another with --data");
  }

  private static StartupProblem unusable(Path path, String what, IOException e) {
    var why =
        switch (e) {
          case AccessDeniedException _ ->
              "permission denied for user " + System.getProperty("user.name");
          case FileSystemException f when f.getReason() != null -> f.getReason();
          case FileSystemException f -> f.getFile() + " is in the way";
          default -> StartupProblem.reason(e);
        };
    return new StartupProblem(
        "data directory " + path + " " + what + ": " + why + "; choose another with --data", e);
  }
}
