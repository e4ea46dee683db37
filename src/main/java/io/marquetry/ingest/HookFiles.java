package io.marquetry.ingest;

import io.marquetry.ingest.core.HookMapping;
import io.marquetry.platform.Json;
import io.marquetry.platform.StartupProblem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mappings of webhooks and the secrets of those who send them, read once at start.
 *
 * <p>A mapping is a file named by its provider: ours are built in, and one of the same name in the
 * configured directory takes the place of ours. Secrets are a file of their own, {@code {"site":
 * {"provider": "secret"}}}, with a list where an old one is still good.
 */
final class HookFiles {
  private static final List<String> BUILT_IN =
      List.of("intercom", "postmark", "sendgrid", "zendesk");
  private static final String ENDING = ".json";

  private final Map<String, HookMapping> mappings;
  private final Map<String, Map<String, List<String>>> secrets;

  private HookFiles(
      Map<String, HookMapping> mappings, Map<String, Map<String, List<String>>> secrets) {
    this.mappings = mappings;
    this.secrets = secrets;
  }

  /** Reads them off the loop; fails with a {@link StartupProblem} that names the file. */
  static Future<HookFiles> load(Vertx vertx, DialectConfig config) {
    return vertx.executeBlocking(() -> read(config), false);
  }

  private static HookFiles read(DialectConfig config) {
    var mappings = new HashMap<String, HookMapping>();
    for (var provider : BUILT_IN) {
      mappings.put(provider, builtIn(provider));
    }
    if (!config.hooksDirectory().isEmpty()) {
      for (var file : listed(Path.of(config.hooksDirectory()))) {
        var name = file.getFileName().toString();
        var provider = name.substring(0, name.length() - ENDING.length());
        mappings.put(provider, mapping(provider, file.toString(), bytes(file)));
      }
    }
    var secrets =
        config.hookSecrets().isEmpty()
            ? Map.<String, Map<String, List<String>>>of()
            : secrets(Path.of(config.hookSecrets()));
    return new HookFiles(Map.copyOf(mappings), secrets);
  }

  private static HookMapping builtIn(String provider) {
    var resource = "/hooks/" + provider + ENDING;
    try (var in = HookFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + resource);
      }
      return mapping(provider, resource, in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(resource, e);
    }
  }

  private static HookMapping mapping(String provider, String file, byte[] json) {
    boolean plain =
        provider
            .chars()
            .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
    if (!plain || provider.isEmpty() || provider.length() > 64) {
      throw new StartupProblem(
          file + ": a provider's name is 1 to 64 of a-z, 0-9 and -, and so is its file's");
    }
    try {
      return new HookMapping(provider, Json.readObject(json));
    } catch (Json.Malformed | IllegalArgumentException e) {
      throw new StartupProblem(file + ": " + e.getMessage());
    }
  }

  private static List<Path> listed(Path directory) {
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(ENDING)).sorted().toList();
    } catch (IOException e) {
      throw new StartupProblem(
          "cannot read dialects.hooks.directory " + directory + ": " + StartupProblem.reason(e), e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StartupProblem("cannot read " + file + ": " + StartupProblem.reason(e), e);
    }
  }

  private static Map<String, Map<String, List<String>>> secrets(Path file) {
    var secrets = new HashMap<String, Map<String, List<String>>>();
    try {
      Json.readObject(bytes(file))
          .forEach((site, providers) -> secrets.put(site, ofSite(file, site, providers)));
    } catch (Json.Malformed e) {
      throw new StartupProblem(file + ": " + e.getMessage());
    }
    return Map.copyOf(secrets);
  }

  private static Map<String, List<String>> ofSite(Path file, String site, @Nullable Object json) {
    if (!(json instanceof Map<?, ?> providers)) {
      throw new StartupProblem(file + ": " + site + " must be an object of providers");
    }
    var secrets = new HashMap<String, List<String>>();
    providers.forEach(
        (provider, value) -> {
          var all = new ArrayList<String>();
          for (var one : value instanceof List<?> list ? list : List.of(String.valueOf(value))) {
            if (!(one instanceof String text) || text.isBlank()) {
              // The value itself is a secret and stays out of messages.
              throw new StartupProblem(
                  "%s: %s.%s must be a text or a list of texts".formatted(file, site, provider));
            }
            all.add(text);
          }
          secrets.put(String.valueOf(provider), List.copyOf(all));
        });
    return Map.copyOf(secrets);
  }

  @Nullable HookMapping mapping(String provider) {
    return mappings.get(provider);
  }

  /** What a provider may sign with for a site; empty where nothing is set. */
  List<String> secrets(String site, String provider) {
    return secrets.getOrDefault(site, Map.of()).getOrDefault(provider, List.of());
  }
}
