package io.marquetry.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes a small file in MaxMind's format (version 2.0, IPv6 tree, records of 24 bits), by its
 * public specification, so that tests need nobody's data.
 */
public final class GeoFileWriter {
  private static final int NOTHING = -1;
  private static final byte[] MARK =
      "\u00AB\u00CD\u00EFMaxMind.com".getBytes(StandardCharsets.ISO_8859_1);

  /** Two branches each: a node's number, or {@link #NOTHING}, or behind {@code ~} an entry. */
  private final List<int[]> nodes = new ArrayList<>(List.of(new int[] {NOTHING, NOTHING}));

  private final List<Map<String, ?>> entries = new ArrayList<>();

  /** Adds a network such as {@code 203.0.113.0/24} and what is known of it. */
  public GeoFileWriter add(String network, Map<String, ?> data) {
    int slash = network.indexOf('/');
    var literal = InetAddress.ofLiteral(network.substring(0, slash)).getAddress();
    int bits = Integer.parseInt(network.substring(slash + 1));
    var address = new byte[16]; // an IPv4 address stands behind 96 zeros
    System.arraycopy(literal, 0, address, 16 - literal.length, literal.length);
    insert(address, literal.length == 4 ? 96 + bits : bits, entries.size());
    entries.add(data);
    return this;
  }

  private void insert(byte[] address, int bits, int entry) {
    int node = 0;
    for (int i = 0; i < bits; i++) {
      int side = (address[i / 8] >> (7 - i % 8)) & 1;
      if (i == bits - 1) {
        nodes.get(node)[side] = ~(entry + 1);
        return;
      }
      int next = nodes.get(node)[side];
      if (next < 0) {
        next = nodes.size();
        nodes.get(node)[side] = next;
        nodes.add(new int[] {NOTHING, NOTHING});
      }
      node = next;
    }
  }

  public Path write(Path file) throws IOException {
    var data = new ByteArrayOutputStream();
    var at = new ArrayList<Integer>();
    for (var entry : entries) {
      at.add(data.size());
      value(data, entry);
    }
    var out = new ByteArrayOutputStream();
    for (var node : nodes) {
      for (int branch : node) {
        int record = branch >= 0 ? branch : nodes.size();
        if (branch < NOTHING) {
          record = nodes.size() + 16 + at.get(~branch - 1);
        }
        out.write(record >> 16);
        out.write(record >> 8);
        out.write(record);
      }
    }
    out.write(new byte[16]);
    data.writeTo(out);
    out.write(MARK);
    value(out, metadata());
    return Files.write(file, out.toByteArray());
  }

  private Map<String, ?> metadata() {
    return Map.of(
        "binary_format_major_version",
        2,
        "binary_format_minor_version",
        0,
        "build_epoch",
        1_700_000_000L,
        "database_type",
        "Test-City",
        "description",
        Map.of("en", "test"),
        "ip_version",
        6,
        "languages",
        List.of("en"),
        "node_count",
        nodes.size(),
        "record_size",
        24);
  }

  private static void value(ByteArrayOutputStream out, Object value) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        control(out, 7, map.size());
        for (var entry : map.entrySet()) {
          value(out, entry.getKey());
          value(out, entry.getValue());
        }
      }
      case List<?> list -> {
        control(out, 11, list.size());
        for (var element : list) {
          value(out, element);
        }
      }
      case Integer number -> number(out, 6, number, 4);
      case Long number -> number(out, 9, number, 8);
      default -> {
        var bytes = value.toString().getBytes(StandardCharsets.UTF_8);
        control(out, 2, bytes.length);
        out.write(bytes);
      }
    }
  }

  private static void number(ByteArrayOutputStream out, int type, long value, int bytes) {
    control(out, type, bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      out.write((int) (value >> (8 * i)));
    }
  }

  /** Type and size; a type beyond 7 goes into a byte of its own, as does a size beyond 28. */
  private static void control(ByteArrayOutputStream out, int type, int size) {
    int shown = Math.min(size, 29);
    out.write(type <= 7 ? type << 5 | shown : shown);
    if (type > 7) {
      out.write(type - 7);
    }
    if (size >= 29) {
      out.write(size - 29);
    }
  }
}
