package io.marquetry.platform;

import io.marquetry.platform.Caller.Place;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Where visitors are: what a trusted proxy says in its headers, else what a file knows of the
 * address.
 *
 * <p>The address itself is looked at and let go; only country and region go any further. One for a
 * process, thread-safe, never blocks: the file is mapped into memory.
 */
public final class Places implements AutoCloseable {
  private static final int MAX_REGION = 16;

  /** Codes that proxies send for "not known" and for Tor. */
  private static final List<String> NOWHERE = List.of("XX", "ZZ", "T1", "A1", "A2");

  private final Config config;
  private final Proxies proxies;
  private final @Nullable GeoFile file;
  private final LongAdder byHeader = new LongAdder();
  private final LongAdder byFile = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /**
   * How places are found.
   *
   * @param database a file in MaxMind's format; empty for none
   * @param countryHeader holds the ISO 3166 code of the visitor's country
   */
  public record Config(String database, String countryHeader, String regionHeader) {
    /** Only what a proxy says. */
    public static final Config LOCAL = new Config("", "X-Geo-Country", "X-Geo-Region");

    /** Reads the object {@code geo} of the server's settings. */
    public static Config from(Settings settings) {
      return new Config(
          settings.text("database", LOCAL.database),
          settings.text("countryHeader", LOCAL.countryHeader),
          settings.text("regionHeader", LOCAL.regionHeader));
    }
  }

  private Places(Config config, Proxies proxies, @Nullable GeoFile file) {
    this.config = config;
    this.proxies = proxies;
    this.file = file;
  }

  /** Only what a proxy on this machine says. */
  public static Places local() {
    return new Places(Config.LOCAL, Proxies.LOCAL, null);
  }

  /**
   * Opens the file, if there is one; blocks.
   *
   * @param proxies whose word is believed, on headers and on forwarded addresses
   * @throws StartupProblem naming what is wrong
   */
  public static Places open(Config config, Proxies proxies) {
    var file = config.database().isEmpty() ? null : GeoFile.open(Path.of(config.database()));
    return new Places(config, proxies, file);
  }

  /** Where the visitor is who sent a request. */
  public Place of(HttpServerRequest request) {
    if (file == null && request.getHeader(config.countryHeader()) == null) {
      unknown.increment(); // without a look at the address, which nothing could be made of
      return Place.UNKNOWN;
    }
    if (proxies.sent(request)) {
      var told =
          told(request.getHeader(config.countryHeader()), request.getHeader(config.regionHeader()));
      if (told != null) {
        byHeader.increment();
        return told;
      }
    }
    if (file == null) {
      unknown.increment();
      return Place.UNKNOWN;
    }
    return find(file, Networks.address(proxies.address(request)));
  }

  private static @Nullable Place told(@Nullable String country, @Nullable String region) {
    if (country == null || country.length() < 2 || country.length() > 3) {
      return null;
    }
    var code = country.toUpperCase(Locale.ROOT);
    return NOWHERE.contains(code)
        ? null
        : new Place(code, region == null || region.length() > MAX_REGION ? "" : region);
  }

  private Place find(GeoFile in, @Nullable InetAddress address) {
    try {
      var place = address == null ? Place.UNKNOWN : in.find(address);
      (place.country().isEmpty() ? unknown : byFile).increment();
      return place;
    } catch (IOException | RuntimeException e) {
      failed.increment(); // a damaged file costs its answers, not the request
      return Place.UNKNOWN;
    }
  }

  /** Shows from here on how places were found. */
  public void count(MeterRegistry registry) {
    count(registry, "header", byHeader);
    count(registry, "file", byFile);
    count(registry, "unknown", unknown);
    count(registry, "failed", failed);
  }

  private static void count(MeterRegistry registry, String outcome, LongAdder counter) {
    FunctionCounter.builder("marquetry.geography", counter, LongAdder::doubleValue)
        .tag("outcome", outcome)
        .register(registry);
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
