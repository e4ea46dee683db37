package io.marquetry.platform;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether the bus reaches other processes, and how: {@code vertx.clustered} and {@code
 * vertx.cluster} of {@code verticles.json}.
 *
 * @param name of the cluster; processes of another name are strangers
 * @param host the address of this machine that the others reach, as a literal
 * @param port on which the members keep track of each other
 * @param busPort on which messages come in; 0 takes any
 * @param members {@code host:port} of those that are asked to be let in; no multicast
 * @param tls for the messages; null where they go in the clear
 */
public record ClusterSettings(
    boolean clustered,
    String name,
    String host,
    int port,
    int busPort,
    List<String> members,
    @Nullable Tls tls) {

  /** One process that has everything. */
  public static final ClusterSettings ALONE = read(Settings.of("vertx", Map.of()));

  public ClusterSettings {
    members = List.copyOf(members);
  }

  /**
   * PEM files: every process shows the certificate and takes only others by the same authority.
   *
   * @param key private, PKCS 8
   * @param authority who signs
   */
  public record Tls(String key, String certificate, String authority) {}

  /**
   * Reads {@code clustered} and {@code cluster}; whoever made the settings ends the reading.
   *
   * @throws StartupProblem naming what is wrong beyond single values
   */
  static ClusterSettings read(Settings vertx) {
    boolean clustered = vertx.flag("clustered", false);
    var settings = vertx.object("cluster");
    var host = settings.text("host", "127.0.0.1");
    int port = settings.integer("port", 5701, 1, 65_535);
    boolean plaintext = settings.flag("plaintext", false);
    var cluster =
        new ClusterSettings(
            clustered,
            settings.text("name", "marquetry"),
            host,
            port,
            settings.integer("busPort", 0, 0, 65_535),
            settings.texts("members", List.of(host + ":" + port)),
            tls(settings.object("tls")));
    cluster.requirePrivacy(plaintext);
    return cluster;
  }

  private static @Nullable Tls tls(Settings settings) {
    var key = settings.text("key", "");
    var certificate = settings.text("certificate", "");
    var authority = settings.text("authority", "");
    if (key.isEmpty() && certificate.isEmpty() && authority.isEmpty()) {
      return null;
    }
    if (key.isEmpty() || certificate.isEmpty() || authority.isEmpty()) {
      throw new StartupProblem(
          "verticles.json: vertx.cluster.tls takes three files: key, certificate and authority");
    }
    return new Tls(key, certificate, authority);
  }

  /** What visitors did travels in these messages. */
  private void requirePrivacy(boolean plaintext) {
    if (clustered && tls == null && !plaintext && !isLoopback()) {
      throw new StartupProblem(
          "verticles.json: vertx.cluster.host is %s, beyond this machine, and messages would go in"
                  .formatted(host)
              + " the clear; give vertx.cluster.tls, or \"plaintext\": true on a network that is"
              + " yours alone");
    }
  }

  private boolean isLoopback() {
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      throw new StartupProblem(
          "verticles.json: vertx.cluster.host is '%s', expected an address such as 10.0.0.7"
              .formatted(host),
          e);
    }
  }
}
