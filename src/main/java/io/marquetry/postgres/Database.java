package io.marquetry.postgres;

import io.marquetry.platform.StartupProblem;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect and as whom.
 *
 * @param host name or address; an IPv6 address without brackets
 * @param sslMode one of libpq's: disable, allow, prefer, require, verify-ca, verify-full
 */
public record Database(
    String host, int port, String name, String user, String password, String sslMode) {

  /** The environment variable that names an outside server. */
  public static final String VARIABLE = "MARQUETRY_PG_URI";

  private static final String FORM = "postgresql://user:password@host:port/database?sslmode=prefer";
  private static final List<String> SSL_MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");
  private static final Pattern URI =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?"
              + "(?<host>\\[[0-9a-fA-F:.%]+]|[^:@/?#\\[\\]]*)(?::(?<port>[^/?#]*))?"
              + "(?:/(?<name>[^/?#]*))?(?:\\?(?<query>[^#]*))?");
  private static final String CONNECT_SECONDS = "5";

  /** A server reached without TLS, as on loopback. */
  public Database(String host, int port, String name, String user, String password) {
    this(host, port, name, user, password, "disable");
  }

  /**
   * The outside server named by {@code MARQUETRY_PG_URI}, if any.
   *
   * @throws StartupProblem if the variable is set but not understood
   */
  public static Optional<Database> fromEnvironment(Map<String, String> environment) {
    var uri = environment.getOrDefault(VARIABLE, "");
    return uri.isBlank() ? Optional.empty() : Optional.of(parse(uri.strip()));
  }

  /**
   * Reads {@code postgresql://user:password@host:port/database?sslmode=…}. The port defaults to
   * 5432, the mode to prefer; special characters in user and password are percent-encoded.
   *
   * @throws StartupProblem naming the part that is wrong, never the password
   */
  public static Database parse(String uri) {
    var m = URI.matcher(uri);
    if (!m.matches()) {
      throw wrong(
          "is not of the form " + FORM + " (special characters in user and password as %XX)");
    }
    var host = required(m, "host").replaceAll("[\\[\\]]", "");
    return new Database(
        host,
        port(m.group("port")),
        required(m, "name"),
        required(m, "user"),
        decoded(m.group("password"), "password"),
        sslMode(m.group("query")));
  }

  /** For JDBC; holds neither user nor password. */
  public String jdbcUrl() {
    var address = host.contains(":") ? "[" + host + "]" : host;
    return "jdbc:postgresql://%s:%d/%s?sslmode=%s&ApplicationName=marquetry"
        .formatted(address, port, urlEncoded(name), sslMode);
  }

  /** The same server and user, another database. */
  public Database withName(String other) {
    return new Database(host, port, other, user, password, sslMode);
  }

  /**
   * Opens a JDBC session, waiting at most five seconds for the server.
   *
   * @throws StartupProblem naming host and port if it is unreachable or refuses us
   */
  public Connection connect() {
    try {
      return open();
    } catch (SQLException e) {
      throw new StartupProblem(refusal(e), e);
    }
  }

  /**
   * Checks that an outside server can be reached and keeps what it commits.
   *
   * @throws StartupProblem otherwise
   */
  public void verify() {
    try (var session = connect()) {
      Durability.verifyOutside(session, host + ":" + port);
    } catch (SQLException e) {
      throw new StartupProblem(refusal(e), e);
    }
  }

  /**
   * The same for the reactive client. As in libpq, only verify-ca and verify-full check the
   * server's certificate, against the trust store of the JVM.
   */
  public PgConnectOptions connectOptions() {
    var options =
        new PgConnectOptions()
            .setHost(host)
            .setPort(port)
            .setDatabase(name)
            .setUser(user)
            .setPassword(password)
            .addProperty("application_name", "marquetry")
            .setSslMode(SslMode.of(sslMode));
    if (!sslMode.equals("disable")) {
      options.setSslOptions(
          new ClientSSLOptions()
              .setTrustAll(!sslMode.startsWith("verify"))
              .setHostnameVerificationAlgorithm(sslMode.equals("verify-full") ? "HTTPS" : ""));
    }
    return options;
  }

  Connection open() throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("loginTimeout", CONNECT_SECONDS);
    return DriverManager.getConnection(jdbcUrl(), properties);
  }

  static String show(Connection session, String setting) throws SQLException {
    try (var statement = session.prepareStatement("SELECT current_setting(?, true)")) {
      statement.setString(1, setting);
      try (var rows = statement.executeQuery()) {
        var value = rows.next() ? rows.getString(1) : null;
        return value == null ? "" : value;
      }
    }
  }

  /** Without the password, so that no log ever holds it. */
  @Override
  public String toString() {
    return "postgresql://%s@%s:%d/%s?sslmode=%s".formatted(user, host, port, name, sslMode);
  }

  private String refusal(SQLException e) {
    var where = host + ":" + port;
    var state = e.getSQLState() == null ? "" : e.getSQLState();
    return switch (state) {
      case "28P01", "28000" ->
          "PostgreSQL at %s refuses user %s; check user, password and sslmode"
              .formatted(where, user);
      case "3D000" -> "PostgreSQL at %s has no database %s".formatted(where, name);
      case "08001", "08006" ->
          "PostgreSQL at %s is not reachable: %s".formatted(where, rootReason(e));
      default -> "PostgreSQL at %s: %s".formatted(where, StartupProblem.reason(e));
    };
  }

  private static String rootReason(Throwable e) {
    var cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return StartupProblem.reason(cause);
  }

  private static int port(@Nullable String text) {
    if (text == null) {
      return 5432;
    }
    if (!text.matches("[0-9]{1,5}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > 65535) {
      throw wrong("has port '" + text + "'; expected 1 to 65535");
    }
    return Integer.parseInt(text);
  }

  private static String sslMode(@Nullable String query) {
    var mode = "prefer";
    for (var pair : query == null || query.isEmpty() ? new String[0] : query.split("&", -1)) {
      var parts = pair.split("=", 2);
      if (!parts[0].equals("sslmode")) {
        throw wrong("has the parameter '" + parts[0] + "'; expected sslmode");
      }
      mode = parts.length == 2 ? parts[1].toLowerCase(Locale.ROOT) : "";
      if (!SSL_MODES.contains(mode)) {
        throw wrong("has sslmode '" + mode + "'; expected one of " + SSL_MODES);
      }
    }
    return mode;
  }

  private static String required(Matcher m, String part) {
    var value = decoded(m.group(part), part);
    if (value.isEmpty()) {
      throw wrong(
          "names no " + (part.equals("name") ? "database" : part) + "; expected the form " + FORM);
    }
    return value;
  }

  private static String decoded(@Nullable String text, String part) {
    try {
      // A plus sign is itself in these parts of a URI; URLDecoder would read it as a blank.
      return text == null
          ? ""
          : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw wrong("has a % in its " + part + " that is not followed by two hex digits");
    }
  }

  private static String urlEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static StartupProblem wrong(String what) {
    return new StartupProblem(VARIABLE + " " + what);
  }
}
