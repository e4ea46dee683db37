package io.marquetry.platform;

import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * What an instance of a component is told when it is made.
 *
 * @param component its name in {@code verticles.json}
 * @param instance which instance it is, from 0
 * @param instances how many of it run
 * @param config its own settings, not yet read
 * @param server settings that concern more than one component
 */
public record ComponentContext(
    String component,
    int instance,
    int instances,
    Map<String, Object> config,
    ServerSettings server,
    Topology topology,
    PgConnectOptions database,
    Secrets secrets,
    InstantSource clock,
    Ticks ticks) {

  /** On the clocks of this machine. */
  public ComponentContext(
      String component,
      int instance,
      int instances,
      Map<String, Object> config,
      ServerSettings server,
      Topology topology,
      PgConnectOptions database,
      Secrets secrets,
      InstantSource clock) {
    this(
        component,
        instance,
        instances,
        config,
        server,
        topology,
        database,
        secrets,
        clock,
        Ticks.SYSTEM);
  }

  /** This instance's settings, to be read strictly. */
  public Settings settings() {
    return Settings.of("verticles." + component + ".config", config);
  }

  /**
   * Settings that concern more than one component.
   *
   * @param host address to listen on
   * @param data where this installation keeps its files
   * @param adminPassword of the first user; empty to make one up
   * @param proxies whose word is believed on what they forward
   * @param places where visitors are
   * @param log where the event log is kept
   */
  public record ServerSettings(
      String host,
      int port,
      Path data,
      boolean demo,
      String adminPassword,
      String version,
      Proxies proxies,
      Places places,
      LogSettings log) {

    /** A proxy on this machine, places as it tells them, the event log in PostgreSQL. */
    public ServerSettings(
        String host, int port, Path data, boolean demo, String adminPassword, String version) {
      this(
          host,
          port,
          data,
          demo,
          adminPassword,
          version,
          Proxies.LOCAL,
          Places.local(),
          LogSettings.POSTGRES);
    }
  }
}
