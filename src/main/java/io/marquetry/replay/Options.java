package io.marquetry.replay;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to replay, where to, and how fast.
 *
 * @param format name of the log's format, empty to find it out
 * @param rate most events a second, 0 for as fast as the server takes them
 * @param speed how much faster than in the log time passes, 0 for as fast as the server takes them
 * @param shift whether times are moved so that the last event happens now
 * @param createSite site to make for the replay, empty for none
 * @param adminPassword of the user {@code admin}, empty where unknown
 */
record Options(
    Path file,
    String format,
    double rate,
    double speed,
    boolean shift,
    URI url,
    String writeKey,
    String createSite,
    String adminPassword) {

  /**
   * Reads the command line.
   *
   * @throws Misuse naming what is wrong
   */
  static Options parse(List<String> arguments, Map<String, String> environment) {
    var reader = new Reader();
    for (int i = 0; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      if (!argument.startsWith("--")) {
        reader.file(argument);
      } else if (argument.equals("--no-shift")) {
        reader.shift = false;
      } else if (argument.indexOf('=') > 0) {
        int sign = argument.indexOf('=');
        reader.set(argument.substring(0, sign), argument.substring(sign + 1));
      } else if (i + 1 < arguments.size()) {
        reader.set(argument, arguments.get(++i));
      } else {
        throw new Misuse(argument + " needs a value");
      }
    }
    return reader.options(environment);
  }

  private static final class Reader {
    private String file = "";
    private String format = "";
    private double rate;
    private double speed;
    private boolean shift = true;
    private URI url = URI.create("http://localhost:8080");
    private String writeKey = "demo";
    private String createSite = "";

    void file(String name) {
      if (!file.isEmpty()) {
        throw new Misuse("one file at a time; these are two: " + file + " and " + name);
      }
      file = name;
    }

    void set(String flag, String value) {
      switch (flag) {
        case "--format" -> format = LogFormat.named(value).name();
        case "--rate" -> rate = positive(flag, value);
        case "--speed" -> speed = positive(flag, value);
        case "--url" -> url = url(value);
        case "--write-key" -> writeKey = value;
        case "--create-site" -> createSite = value;
        default -> throw new Misuse("unknown flag " + flag + "; see --help");
      }
    }

    private static double positive(String flag, String value) {
      try {
        double number = Double.parseDouble(value);
        if (number > 0 && number <= 1e9) {
          return number;
        }
      } catch (NumberFormatException e) {
        // falls through to the message that says what is expected
      }
      throw new Misuse(flag + " is '" + value + "', expected a number above 0");
    }

    private static URI url(String value) {
      try {
        var url = URI.create(value.endsWith("/") ? value.substring(0, value.length() - 1) : value);
        if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
            && url.getHost() != null) {
          return url;
        }
      } catch (IllegalArgumentException e) {
        // falls through to the message that says what is expected
      }
      throw new Misuse("--url is '" + value + "', expected the like of http://localhost:8080");
    }

    Options options(Map<String, String> environment) {
      if (file.isEmpty()) {
        throw new Misuse("which log is to be replayed? see --help");
      }
      var password = environment.getOrDefault("MARQUETRY_ADMIN_PASSWORD", "");
      if (!createSite.isEmpty() && password.isEmpty()) {
        throw new Misuse("--create-site needs MARQUETRY_ADMIN_PASSWORD in the environment");
      }
      return new Options(
          Path.of(file), format, rate, speed, shift, url, writeKey, createSite, password);
    }
  }
}
