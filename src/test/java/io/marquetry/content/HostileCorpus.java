package io.marquetry.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/** Published hostile strings, read where they lie; tests are skipped where they do not. */
final class HostileCorpus {
  private HostileCorpus() {}

  /** XSS payloads, naughty strings and sanitizer payloads, all in one list. */
  static List<String> strings() {
    List<String> strings =
        new ArrayList<>(
            new String(bytes("xss_payloads.txt.gz"), StandardCharsets.UTF_8).lines().toList());
    json("naughty_strings.json").forEach(node -> strings.add(node.asText()));
    json("dompurify_expectations.json.gz").forEach(n -> strings.add(n.get("payload").asText()));
    return strings;
  }

  static JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(bytes(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String name) {
    java.nio.file.Path file =
        java.nio.file.Path.of(
            System.getProperty("marquetry.data", "../shared/data"), "hostile-input", name);
    Assumptions.assumeTrue(Files.exists(file), () -> "no corpus at " + file);
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = name.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
