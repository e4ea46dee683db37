package io.marquetry.platform;

import com.maxmind.db.CHMCache;
import com.maxmind.db.DatabaseRecord;
import com.maxmind.db.Reader;
import io.marquetry.platform.Caller.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file in MaxMind's format that leads from addresses to places.
 *
 * <p>Mapped into memory; what is decoded most is kept decoded. Thread-safe. The file is read as
 * long as the process runs: a new one is taken up by the next start.
 */
final class GeoFile implements AutoCloseable {
  private final Reader reader;

  private GeoFile(Reader reader) {
    this.reader = reader;
  }

  /**
   * Opens a file; blocks.
   *
   * @throws StartupProblem where it cannot be read or is none
   */
  static GeoFile open(Path file) {
    try {
      return new GeoFile(new Reader(file.toFile(), Reader.FileMode.MEMORY_MAPPED, new CHMCache()));
    } catch (IOException | RuntimeException e) {
      throw new StartupProblem(
          "geo.database: %s cannot be read as a MaxMind database: %s"
              .formatted(file, StartupProblem.reason(e)),
          e);
    }
  }

  /** Country and region of an address; {@link Place#UNKNOWN} where the file does not say. */
  Place find(InetAddress address) throws IOException {
    DatabaseRecord<Map<?, ?>> found = reader.getRecord(address, mapType());
    var data = found.data();
    if (data == null) {
      return Place.UNKNOWN;
    }
    var country = text(data.get("country"), "iso_code");
    return country.isEmpty() ? Place.UNKNOWN : new Place(country, region(data));
  }

  @SuppressWarnings("unchecked")
  private static Class<Map<?, ?>> mapType() {
    return (Class<Map<?, ?>>) (Class<?>) Map.class;
  }

  /** The first and largest of the divisions that an address lies in. */
  private static String region(Map<?, ?> data) {
    return data.get("subdivisions") instanceof List<?> list && !list.isEmpty()
        ? text(list.getFirst(), "iso_code")
        : "";
  }

  private static String text(@Nullable Object object, String key) {
    return object instanceof Map<?, ?> map && map.get(key) instanceof String text ? text : "";
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
