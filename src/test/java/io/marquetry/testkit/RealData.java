package io.marquetry.testkit;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/**
 * Real data of others, read where it lies and never copied: a test that needs a file is skipped
 * where there is none. The folder is {@code ../shared/data}, or what the system property {@code
 * marquetry.data} says.
 */
public final class RealData {
  /** Not ours, whose bounds are for what visitors send. */
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

  private RealData() {}

  /** A file, such as {@code taobao-userbehavior/events.csv.gz}. */
  public static Path file(String name) {
    var file = Path.of(System.getProperty("marquetry.data", "../shared/data")).resolve(name);
    Assumptions.assumeTrue(Files.exists(file), () -> "no real data at " + file);
    return file;
  }

  /** A file's content, unpacked where its name ends in {@code .gz}. */
  public static byte[] bytes(String name) {
    try (InputStream raw = Files.newInputStream(file(name));
        InputStream in = name.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<String> lines(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8).lines().toList();
  }

  /** A JSON file that is a list of objects. */
  public static List<Map<String, Object>> objects(String name) {
    return read(name, new TypeReference<>() {});
  }

  /** A JSON file that is a list of texts. */
  public static List<String> texts(String name) {
    return read(name, new TypeReference<>() {});
  }

  /** A list of objects under a field of a JSON file. */
  public static List<Map<String, Object>> objects(String name, String field) {
    return JSON.convertValue(object(name).get(field), new TypeReference<>() {});
  }

  /** A JSON file that is one object. */
  public static Map<String, Object> object(String name) {
    return read(name, new TypeReference<>() {});
  }

  private static <T> T read(String name, TypeReference<T> type) {
    try {
      return JSON.readValue(bytes(name), type);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /** The bytes that a field of a test case holds as base64. */
  public static byte[] base64(Map<String, Object> object, String field) {
    return Base64.getDecoder().decode(String.valueOf(object.get(field)));
  }
}
