package io.marquetry.app;

import io.marquetry.platform.Json;
import io.marquetry.platform.LogSettings;
import io.marquetry.platform.Places;
import io.marquetry.platform.Proxies;
import io.marquetry.platform.Settings;
import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How this process is to run: built-in defaults, under {@code config.json}, under the environment,
 * under flags.
 *
 * @param pgUri of an outside PostgreSQL; empty for one of our own
 * @param secrets file of the keys of an installation that more processes belong to; empty for one
 *     in {@code data}
 * @param adminPassword of the first user; empty to make one up
 * @param proxies whose word is believed on what they forward
 * @param geo how it is found out where visitors are
 * @param log where the event log is kept
 */
record ServerConfig(
    String host,
    int port,
    Path data,
    boolean demo,
    Path verticles,
    String pgUri,
    String secrets,
    String adminPassword,
    Proxies proxies,
    Places.Config geo,
    LogSettings log) {

  /** Flags by the setting they set. */
  private static final Map<String, String> FLAGS =
      Map.of(
          "--port", "port",
          "--host", "host",
          "--data", "data",
          "--config", "config",
          "--verticles", "verticles");

  private static final String PREFIX = "MARQUETRY_";

  /** Environment variables by the setting they set. */
  private static final Map<String, String> VARIABLES =
      Map.ofEntries(
          Map.entry("PORT", "port"),
          Map.entry("HOST", "host"),
          Map.entry("DATA", "data"),
          Map.entry("DEMO", "demo"),
          Map.entry("CONFIG", "config"),
          Map.entry("VERTICLES", "verticles"),
          Map.entry("PG_URI", "pgUri"),
          Map.entry("SECRETS", "secrets"),
          Map.entry("ADMIN_PASSWORD", "adminPassword"),
          Map.entry("LOG_BACKEND", "log.backend"),
          Map.entry("KAFKA_BOOTSTRAP", "log.kafka.bootstrap"));

  /** Variables that are read by the scripts around us. */
  private static final Set<String> OTHERS = Set.of("JAVA_OPTS", "ADMIN_PASSWORD_FILE");

  private static final Set<String> SECRETS = Set.of("adminPassword");

  /**
   * Reads the configuration.
   *
   * @throws StartupProblem naming what is wrong, and where
   */
  static ServerConfig read(List<String> arguments, Map<String, String> environment) {
    var flags = flags(arguments);
    var variables = variables(environment);
    var file = flags.getOrDefault("config", variables.get("config"));
    var values = new HashMap<>(file(file));
    variables.forEach((setting, value) -> put(values, setting, value));
    values.putAll(flags);
    values.remove("config");
    var settings = Settings.of("", values);
    var config =
        new ServerConfig(
            settings.text("host", "127.0.0.1"),
            settings.integer("port", 8080, 0, 65_535),
            Path.of(settings.text("data", "data")),
            settings.flag("demo", true),
            Path.of(settings.text("verticles", "verticles.json")),
            settings.text("pgUri", ""),
            settings.text("secrets", ""),
            settings.text("adminPassword", ""),
            Proxies.of(settings.texts("trustedProxies", List.of("127.0.0.0/8", "::1"))),
            Places.Config.from(settings.object("geo")),
            LogSettings.read(settings.object("log")));
    settings.check();
    return config;
  }

  /** A dot leads into an object, of which nothing else is touched. */
  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> values, String setting, Object value) {
    int dot = setting.indexOf('.');
    if (dot < 0) {
      values.put(setting, value);
      return;
    }
    var name = setting.substring(0, dot);
    var inner = new HashMap<String, Object>();
    if (values.get(name) instanceof Map<?, ?> there) {
      inner.putAll((Map<String, Object>) there);
    }
    put(inner, setting.substring(dot + 1), value);
    values.put(name, inner);
  }

  private static Map<String, Object> flags(List<String> arguments) {
    var flags = new HashMap<String, Object>();
    for (int i = 0; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      if (argument.equals("--no-demo")) {
        flags.put("demo", false);
        continue;
      }
      int equals = argument.indexOf('=');
      var name = equals < 0 ? argument : argument.substring(0, equals);
      var setting = FLAGS.get(name);
      if (setting == null) {
        throw new StartupProblem(
            "unknown flag "
                + name
                + "; known are --no-demo, "
                + String.join(", ", new TreeMap<>(FLAGS).keySet()));
      }
      if (equals < 0 && i + 1 == arguments.size()) {
        throw new StartupProblem(name + " needs a value");
      }
      var value = equals < 0 ? arguments.get(++i) : argument.substring(equals + 1);
      flags.put(setting, typed(name, setting, value));
    }
    return flags;
  }

  private static Map<String, Object> variables(Map<String, String> environment) {
    var values = new HashMap<String, Object>();
    environment.forEach(
        (name, value) -> {
          if (!name.startsWith(PREFIX) || OTHERS.contains(name.substring(PREFIX.length()))) {
            return;
          }
          var setting = VARIABLES.get(name.substring(PREFIX.length()));
          if (setting == null) {
            throw new StartupProblem(
                "unknown environment variable %s; known are %s followed by one of %s"
                    .formatted(name, PREFIX, new TreeMap<>(VARIABLES).keySet()));
          }
          if (!value.isEmpty()) {
            values.put(setting, typed(name, setting, value));
          }
        });
    var file = environment.get(PREFIX + "ADMIN_PASSWORD_FILE");
    if (file != null) {
      values.put("adminPassword", secret(Path.of(file)));
    }
    return values;
  }

  private static Object typed(String name, String setting, String value) {
    switch (setting) {
      case "port" -> {
        try {
          return Long.parseLong(value);
        } catch (NumberFormatException e) {
          throw new StartupProblem(name + " is '" + value + "', expected a port number");
        }
      }
      case "demo" -> {
        if (value.equals("true") || value.equals("false")) {
          return Boolean.parseBoolean(value);
        }
        throw new StartupProblem(name + " is '" + value + "', expected true or false");
      }
      default -> {
        return value;
      }
    }
  }

  private static String secret(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new StartupProblem("cannot read the admin password from " + file, e);
    }
  }

  /** {@code config.json} beside us is read where it is there; one that is named must be. */
  private static Map<String, Object> file(@Nullable Object named) {
    var path = Path.of(named == null ? "config.json" : named.toString());
    try {
      var values = Json.readObject(Files.readAllBytes(path));
      for (var secret : SECRETS) {
        if (values.containsKey(secret)) {
          throw new StartupProblem(
              path + ": " + secret + " is a secret; it comes from the environment or a file");
        }
      }
      return values;
    } catch (NoSuchFileException e) {
      if (named == null) {
        return Map.of();
      }
      throw new StartupProblem("configuration file " + path + " does not exist");
    } catch (IOException e) {
      throw new StartupProblem("cannot read " + path + ": " + StartupProblem.reason(e), e);
    } catch (Json.Malformed e) {
      throw new StartupProblem(path + ": " + e.getMessage());
    }
  }
}
