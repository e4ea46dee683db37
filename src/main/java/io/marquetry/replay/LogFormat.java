package io.marquetry.replay;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a log is written. */
interface LogFormat {
  /** All there are; where none is named, the first that fits is taken. */
  List<LogFormat> ALL =
      List.of(
          new JsonLines(),
          ShopLogs.TAOBAO,
          ShopLogs.RETAILROCKET,
          ShopLogs.DIGINETICA,
          ShopLogs.REES46,
          new WebLog());

  /** How it is called on the command line. */
  String name();

  /** Whether a log that begins with this line is written so. */
  boolean fits(String firstLine);

  /** Whether the first line only names columns. */
  boolean hasHeader();

  /**
   * Reads a line.
   *
   * @param row counted from 0, without the header
   * @return empty for what is no event of a visitor
   * @throws IllegalArgumentException or another fault of numbers and times, where the line is
   *     damaged
   */
  Optional<Recorded> read(String line, long row);

  static LogFormat named(String name) {
    return ALL.stream()
        .filter(format -> format.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new Misuse("--format is '" + name + "'; known are " + names()));
  }

  static LogFormat of(String firstLine) {
    return ALL.stream()
        .filter(format -> format.fits(firstLine))
        .findFirst()
        .orElseThrow(
            () -> new Misuse("its first line is of no known format; known are " + names()));
  }

  static String names() {
    return ALL.stream().map(LogFormat::name).collect(Collectors.joining(", "));
  }
}
