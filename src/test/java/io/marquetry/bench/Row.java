package io.marquetry.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One row of the report: ours, beside it what it is held against, and the goal.
 *
 * <p>Made step by step by whoever measures it.
 */
final class Row {
  private final String name;
  private final String goal;
  private final List<String> notes = new ArrayList<>();
  private final List<Map<String, Object>> peers = new ArrayList<>();
  private final Map<String, Object> figures = new LinkedHashMap<>();
  private String ours = "";
  private String ceiling = "";
  private double ratio = Double.NaN;
  private double foreign = Double.NaN;
  private Verdict verdict = Verdict.NOT_MEASURED;

  /** What came out. */
  enum Verdict {
    MET("met"),
    NOT_MET("not met"),
    NOT_MEASURED("not measured"),
    FAILED("failed");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  Row(String name, String goal) {
    this.name = name;
    this.goal = goal;
  }

  /** Formats as everybody here does: with a point, whatever the machine's language. */
  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  Row ours(String format, Object... values) {
    ours = text(format, values);
    return this;
  }

  /** What it is held against. */
  Row ceiling(String format, Object... values) {
    ceiling = text(format, values);
    return this;
  }

  /** Ours divided by the ceiling. */
  Row ratio(double value) {
    ratio = value;
    figures.put("ratio", value);
    return this;
  }

  /**
   * Another product that it is held against besides.
   *
   * @param times ours divided by the peer's, or for rates the other way round
   * @param most what that may be
   */
  Row peer(String peer, String figure, double times, double most) {
    peers.add(Map.of("peer", peer, "figure", figure, "ratio", times, "goal", most));
    return note("%s: %s, ours %.2fx, goal <= %.1fx", peer, figure, times, most)
        .holds(times <= most);
  }

  /** Where a peer cannot be had; the rest of the goal is judged. */
  Row peerless(NotInstalled why) {
    return note("peer not installed: %s", why.what());
  }

  Row foreign(double cores) {
    foreign = Double.isNaN(foreign) ? cores : Math.max(foreign, cores);
    return this;
  }

  /** A part of the goal; all parts must hold. */
  Row holds(boolean met) {
    if (verdict == Verdict.NOT_MEASURED || verdict == Verdict.MET) {
      verdict = met ? Verdict.MET : Verdict.NOT_MET;
    }
    return this;
  }

  Row note(String format, Object... values) {
    notes.add(text(format, values));
    return this;
  }

  Row figure(String key, Object value) {
    figures.put(key, value);
    return this;
  }

  Row notMeasured(String why) {
    verdict = Verdict.NOT_MEASURED;
    return note("not measured: %s", why);
  }

  Row failed(String why) {
    verdict = Verdict.FAILED;
    return note("failed: %s", why);
  }

  Verdict verdict() {
    return verdict;
  }

  /** As lines of text. */
  List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(
        text(
            "%-17s %-28s %-38s %-7s %-36s %-13s %s",
            name,
            ours,
            ceiling,
            Double.isNaN(ratio) ? "" : text("%.2fx", ratio),
            goal,
            verdict.text(),
            Double.isNaN(foreign) ? "" : text("%.2f", foreign)));
    notes.forEach(note -> lines.add(" ".repeat(18) + note));
    return lines;
  }

  static String header() {
    return text(
        "%-17s %-28s %-38s %-7s %-36s %-13s %s",
        "row", "ours", "held against", "ratio", "goal", "verdict", "others' cores");
  }

  /** For {@code --json}. */
  Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("row", name);
    json.put("ours", ours);
    json.put("heldAgainst", ceiling);
    json.put("peers", peers);
    json.put("goal", goal);
    json.put("verdict", verdict.text());
    json.put("foreignCores", Double.isNaN(foreign) ? null : foreign);
    json.put("figures", figures);
    json.put("notes", notes);
    return json;
  }
}
