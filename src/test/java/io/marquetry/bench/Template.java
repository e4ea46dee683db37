package io.marquetry.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A {@link RequestText} made ready: only the holes are written for each request. */
final class Template {
  private static final Pattern HOLE = Pattern.compile("\\{([nvdt])}");
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int ID_WIDTH = 16;
  private static final int EVENTS_A_VISIT = 8;

  private final byte[] prototype;
  private final List<Hole> holes;
  private final int events;
  private final long visitors;
  private final int visits;
  private final byte[][] tokens;

  /** A place to be filled, and which event of the request it is about. */
  private record Hole(char kind, int at, int event) {}

  private Template(byte[] prototype, List<Hole> holes, RequestText source) {
    this.prototype = prototype;
    this.holes = holes;
    events = source.events();
    visitors = source.visitors();
    visits = source.visits();
    tokens =
        source.tokens().stream()
            .map(token -> token.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
  }

  static Template of(RequestText source) {
    var out = new StringBuilder();
    var holes = new ArrayList<Hole>();
    var seen = new int[128];
    var matcher = HOLE.matcher(source.text());
    int from = 0;
    while (matcher.find()) {
      out.append(source.text(), from, matcher.start());
      char kind = matcher.group(1).charAt(0);
      int at = out.toString().getBytes(StandardCharsets.UTF_8).length;
      holes.add(new Hole(kind, at, seen[kind]++ % source.events()));
      out.append("0".repeat(width(kind, source.tokens())));
      from = matcher.end();
    }
    out.append(source.text(), from, source.text().length());
    return new Template(out.toString().getBytes(StandardCharsets.UTF_8), holes, source);
  }

  private static int width(char kind, List<String> tokens) {
    return switch (kind) {
      case 'd' -> 1;
      case 't' -> tokens.isEmpty() ? 0 : tokens.getFirst().length();
      default -> ID_WIDTH;
    };
  }

  /** Bytes of every request. */
  int length() {
    return prototype.length;
  }

  /** Writes the request of a number. */
  void write(byte[] request, long number) {
    System.arraycopy(prototype, 0, request, 0, prototype.length);
    for (int i = 0; i < holes.size(); i++) {
      var hole = holes.get(i);
      long event = number * events + hole.event();
      switch (hole.kind()) {
        case 'n' -> id(request, hole.at(), event);
        case 'v' -> id(request, hole.at(), visitor(visit(event, visits), visitors));
        case 'd' -> request[hole.at()] = DIGITS[(int) Long.remainderUnsigned(mixed(event), 10)];
        default -> token(request, hole.at(), number);
      }
    }
  }

  private void token(byte[] request, int at, long number) {
    var token = tokens[(int) (number % tokens.length)];
    System.arraycopy(token, 0, request, at, token.length);
  }

  /** Whose event this is: visitors come in no order, each as often as the others. */
  static long visitor(long event, long visitors) {
    return visitors == 0 ? event : Long.remainderUnsigned(mixed(event), visitors);
  }

  /** Which visit an event is of; with no visits at all, each is one of its own. */
  static long visit(long event, int visits) {
    return visits == 0 ? event : event / ((long) visits * EVENTS_A_VISIT) * visits + event % visits;
  }

  private static void id(byte[] request, int at, long value) {
    for (int i = ID_WIDTH - 1; i >= 0; i--) {
      request[at + i] = DIGITS[(int) (value & 15)];
      value >>>= 4;
    }
  }

  /** Spreads numbers over all 64 bits (the last steps of MurmurHash3, by Austin Appleby). */
  static long mixed(long value) {
    long bits = value;
    bits = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
    bits = (bits ^ (bits >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return bits ^ (bits >>> 33);
  }
}
