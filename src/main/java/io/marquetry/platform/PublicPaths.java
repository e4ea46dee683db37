package io.marquetry.platform;

import io.vertx.ext.web.Router;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where what we serve is found from outside: at the documented paths, unless they were renamed.
 *
 * <p>Blockers of advertisements know paths by heart, and a site may have pages of its own where we
 * would serve something. A name stands for the path and everything below it; the longest that fits
 * counts. What was renamed is no longer found at its documented path, which then is a page like any
 * other. Renaming happens once, in the routes themselves: a request costs the same as before.
 */
public final class PublicPaths {
  private static final String SETTING = "verticles.http.config.paths";

  /** Documented path to the one it has here, in order. */
  private final TreeMap<String, String> names;

  private PublicPaths(Map<String, String> names) {
    this.names = new TreeMap<>(names);
  }

  /**
   * Reads the setting {@code paths}: documented path to new path.
   *
   * @throws StartupProblem naming what is no path
   */
  public static PublicPaths read(Settings settings) {
    var names = settings.textMap("paths");
    names.forEach(
        (path, name) -> {
          checkPath(path);
          checkPath(name);
        });
    return new PublicPaths(names);
  }

  /** The names in use, as the HTTP component here is told them. */
  public static PublicPaths of(Topology topology) {
    for (var placement : topology.placements()) {
      if (placement.component().equals("http")) {
        return read(Settings.of("verticles.http.config", placement.config()));
      }
    }
    return new PublicPaths(Map.of());
  }

  private static void checkPath(String path) {
    boolean plain =
        path.chars().allMatch(c -> c > ' ' && c < 127 && "?#%*:\\".indexOf(c) < 0)
            && !path.contains("//")
            && !path.contains("/../");
    if (path.length() < 2 || !path.startsWith("/") || path.endsWith("/") || !plain) {
      throw new StartupProblem(
          "wrong configuration: %s: '%s' is no path such as /v1/batch".formatted(SETTING, path));
    }
  }

  /** The path under which a documented path is found from outside. */
  public String outside(String path) {
    for (var end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      var name = names.get(path.substring(0, end));
      if (name != null) {
        return name + path.substring(end);
      }
    }
    return path;
  }

  /**
   * Renames the routes of a router.
   *
   * @throws StartupProblem where a name fits no route or only part of one, or two routes meet
   */
  public void apply(Router router) {
    if (names.isEmpty()) {
      return;
    }
    var unused = new LinkedHashMap<>(names);
    var taken = new HashMap<String, String>();
    for (var route : router.getRoutes()) {
      var path = route.getPath();
      if (path != null) {
        var renamed = rename(path, !route.isExactPath());
        unused.keySet().removeIf(name -> path.equals(name) || path.startsWith(name + "/"));
        var other = taken.putIfAbsent(renamed, path);
        if (other != null && !other.equals(path)) {
          throw wrong(other + " and " + path + " would both be " + renamed);
        }
        if (!renamed.equals(path)) {
          route.path(route.isExactPath() ? renamed : renamed + "*");
        }
      }
    }
    if (!unused.isEmpty()) {
      throw wrong("there is nothing at " + unused.keySet().iterator().next());
    }
  }

  private String rename(String path, boolean open) {
    if (open) {
      for (var name : names.keySet()) {
        if (name.startsWith(path)) {
          throw wrong(path + "… is renamed as a whole or not at all, but not " + name);
        }
      }
      return outside(path.substring(0, path.length() - 1)) + "/";
    }
    return outside(path);
  }

  private static StartupProblem wrong(String problem) {
    return new StartupProblem("wrong configuration: " + SETTING + ": " + problem);
  }
}
