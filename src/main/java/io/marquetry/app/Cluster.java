package io.marquetry.app;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.marquetry.platform.ClusterSettings;
import io.marquetry.platform.Secrets;
import io.marquetry.platform.StartupProblem;
import io.marquetry.platform.Topology;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * The processes that share a bus: who is in, and that they agree.
 *
 * <p>Members find each other by an explicit list and keep track by heartbeats; which addresses are
 * served where travels the same way. Messages go from process to process directly.
 *
 * <p>What an owner's number means hangs on how many owners there are, what an id means on the keys
 * it was made with, and whether a change of consent reached everybody on who there is. Where
 * processes differ in that, each would work and both be wrong; so the first that comes says what
 * holds, and another that says otherwise does not start.
 */
final class Cluster {
  private static final String AGREED = "marquetry.agreed";
  private static final String PLACED = "marquetry.placed";

  private final ClusterSettings settings;
  private final HazelcastClusterManager manager;

  Cluster(ClusterSettings settings) {
    this.settings = settings;
    // Some of it speaks before it is configured.
    System.setProperty("hazelcast.logging.type", "slf4j");
    manager = new HazelcastClusterManager(config(settings));
  }

  HazelcastClusterManager manager() {
    return manager;
  }

  private static Config config(ClusterSettings settings) {
    var config = ConfigUtil.loadConfig();
    config.setClusterName(settings.name());
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    // Whoever was cut off is gone after ten seconds, and taken in again soon after.
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", "10");
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "10");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "10");
    var network = config.getNetworkConfig();
    network.setPort(settings.port()).setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(true).addInterface(settings.host());
    var join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setMembers(settings.members());
    return config;
  }

  /** How messages travel between members. */
  EventBusOptions bus() {
    var options = new EventBusOptions().setHost(settings.host()).setPort(settings.busPort());
    var tls = settings.tls();
    if (tls != null) {
      options
          .setSsl(true)
          .setClientAuth(ClientAuth.REQUIRED)
          .setKeyCertOptions(
              new PemKeyCertOptions().setKeyPath(tls.key()).setCertPath(tls.certificate()))
          .setTrustOptions(new PemTrustOptions().addCertPath(tls.authority()));
    }
    return options;
  }

  /**
   * Compares with those who came before, and says which instances run here.
   *
   * @throws StartupProblem where they differ, or an instance runs elsewhere already
   */
  void agree(Topology topology, Secrets secrets) {
    var hazelcast = manager.getHazelcastInstance();
    IMap<String, String> agreed = hazelcast.getMap(AGREED);
    agree(
        agreed,
        "components",
        components(topology),
        "verticles.json: all processes of a cluster list the same components with the same"
            + " instances, and \"here\" says which of them a process runs; here it is %s, in the"
            + " cluster %s");
    agree(
        agreed,
        "secrets",
        fingerprint(secrets),
        "this process has other secrets than the cluster (fingerprints %s and %s); name its"
            + " secrets.json by the setting secrets");
    place(hazelcast, topology);
  }

  private static void agree(
      IMap<String, String> agreed, String key, String ours, String difference) {
    var theirs = agreed.putIfAbsent(key, ours);
    if (theirs != null && !theirs.equals(ours)) {
      throw new StartupProblem(difference.formatted(ours, theirs));
    }
  }

  private static String components(Topology topology) {
    return topology.placements().stream()
        .filter(placement -> !placement.component().equals(Topology.FACES))
        .map(placement -> placement.component() + "=" + placement.instances())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static String fingerprint(Secrets secrets) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update("marquetry cluster".getBytes(StandardCharsets.UTF_8));
      digest.update(secrets.ids());
      digest.update(secrets.cookies());
      return HexFormat.of().formatHex(digest.digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** An instance that runs twice would own the same visitors twice. */
  private static void place(HazelcastInstance hazelcast, Topology topology) {
    IMap<String, String> placed = hazelcast.getMap(PLACED);
    var self = hazelcast.getCluster().getLocalMember().getUuid().toString();
    for (var placement : topology.placements()) {
      if (placement.component().equals(Topology.FACES)) {
        continue;
      }
      for (int instance : placement.here()) {
        var name = placement.component() + " " + instance;
        var holder = placed.putIfAbsent(name, self);
        while (holder != null && !isMember(hazelcast, holder)) {
          holder = placed.replace(name, holder, self) ? null : placed.get(name);
        }
        if (holder != null && !holder.equals(self)) {
          throw new StartupProblem(
              "verticles.json: " + name + " runs in another process of the cluster already");
        }
      }
    }
  }

  private static boolean isMember(HazelcastInstance hazelcast, String uuid) {
    return hazelcast.getCluster().getMembers().stream()
        .anyMatch(member -> member.getUuid().toString().equals(uuid));
  }
}
