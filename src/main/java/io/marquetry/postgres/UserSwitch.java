package io.marquetry.postgres;

import com.sun.security.auth.module.UnixSystem;
import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How programs of PostgreSQL, which refuse to run as root, are started nevertheless.
 *
 * <p>As an ordinary user: directly. As root: in a user namespace of their own ({@code unshare -U}),
 * where they see themselves as nobody while files stay root's. Where the kernel or a container
 * forbids that, or the cluster already belongs to somebody else, they run as that owner ({@code
 * nobody} for a new cluster) through {@code setpriv}. Each of these replaces itself by the program,
 * so that the process we start is PostgreSQL itself.
 */
record UserSwitch(List<String> prefix, int uid, int gid) {

  private static final Logger LOG = LoggerFactory.getLogger(UserSwitch.class);
  private static final int NOBODY = 65534;

  /** Decides for the cluster in this directory, which need not exist yet. */
  static UserSwitch forCluster(Path cluster) {
    var me = new UnixSystem();
    if (me.getUid() != 0) {
      return new UserSwitch(List.of(), Math.toIntExact(me.getUid()), Math.toIntExact(me.getGid()));
    }
    var owner = owner(cluster);
    if (owner != 0) {
      return dropTo(owner, group(cluster));
    }
    return succeeds("unshare", "-U", "true")
        ? new UserSwitch(List.of("unshare", "-U"), 0, 0)
        : dropTo(NOBODY, NOBODY);
  }

  /** Runs everything as this user. */
  static UserSwitch dropTo(int uid, int gid) {
    if (!succeeds("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "true")) {
      throw new StartupProblem(
          "PostgreSQL cannot run as root, and neither unshare nor setpriv may be used here; start as"
              + " an ordinary user or name a server in "
              + Database.VARIABLE);
    }
    LOG.info("running PostgreSQL as user {}", uid);
    return new UserSwitch(
        List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups"), uid, gid);
  }

  List<String> command(Path program, List<String> arguments) {
    var command = new ArrayList<>(prefix);
    command.add(program.toString());
    command.addAll(arguments);
    return command;
  }

  /** Hands a file or directory tree over, if PostgreSQL runs as somebody else than we do. */
  void own(Path tree) throws IOException {
    if (!changesUser()) {
      return;
    }
    try (var paths = Files.walk(tree)) {
      for (var path : paths.toList()) {
        Files.setAttribute(path, "unix:uid", uid);
        Files.setAttribute(path, "unix:gid", gid);
      }
    }
  }

  /** Makes the data directory passable for that user, and refuses if one above it is not. */
  void enter(Path directory) throws IOException {
    if (!changesUser()) {
      return;
    }
    var mode = Files.getPosixFilePermissions(directory);
    if (mode.add(PosixFilePermission.OTHERS_EXECUTE)) {
      Files.setPosixFilePermissions(directory, mode);
    }
    for (var above = directory.getParent(); above != null; above = above.getParent()) {
      if (!Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        throw new StartupProblem(
            "PostgreSQL cannot run as root here, and user "
                + uid
                + " may not enter "
                + above
                + "; choose another data directory with --data or start as an ordinary user");
      }
    }
  }

  private boolean changesUser() {
    return !prefix.isEmpty() && uid != 0;
  }

  private static int owner(Path cluster) {
    return attribute(cluster, "unix:uid");
  }

  private static int group(Path cluster) {
    return attribute(cluster, "unix:gid");
  }

  private static int attribute(Path cluster, String name) {
    try {
      return Files.exists(cluster) ? (Integer) Files.getAttribute(cluster, name) : 0;
    } catch (IOException e) {
      throw new StartupProblem("cannot read " + cluster + ": " + StartupProblem.reason(e), e);
    }
  }

  private static boolean succeeds(String... command) {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) { // not installed
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupProblem("interrupted while starting", e);
    }
  }
}
