package io.marquetry.replay;

import java.util.ArrayList;
import java.util.List;

/** Takes a line of comma-separated values apart (RFC 4180, without line ends inside of cells). */
final class Csv {
  private Csv() {}

  static List<String> split(String line) {
    var cells = new ArrayList<String>();
    int at = 0;
    while (at <= line.length()) {
      if (at < line.length() && line.charAt(at) == '"') {
        var cell = new StringBuilder();
        at = quoted(line, at + 1, cell);
        cells.add(cell.toString());
      } else {
        int end = line.indexOf(',', at);
        end = end < 0 ? line.length() : end;
        cells.add(line.substring(at, end));
        at = end;
      }
      at++; // the comma
    }
    return cells;
  }

  /** Reads up to the closing quote; the result is the index behind it. */
  private static int quoted(String line, int from, StringBuilder cell) {
    int at = from;
    while (at < line.length()) {
      char c = line.charAt(at++);
      if (c != '"') {
        cell.append(c);
      } else if (at < line.length() && line.charAt(at) == '"') {
        cell.append('"');
        at++;
      } else if (at == line.length() || line.charAt(at) == ',') {
        return at;
      } else {
        throw new IllegalArgumentException("there is more behind a closing quote");
      }
    }
    throw new IllegalArgumentException("a quote is not closed");
  }
}
