package io.marquetry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * What the servers' Java threads spent CPU time on while each row was measured, its warm-up
 * included.
 *
 * <p>Servers record themselves from start to end ({@code scripts/bench} has them do so); afterwards
 * each sample goes to the row in whose time it was taken. A file for each row has a line for each
 * stack, its thread first, then frames from the outermost in, with {@code ;} between, and how often
 * it was met: what tools that draw flame graphs read.
 */
final class Profiles {
  private static final String SAMPLE = "jdk.CPUTimeSample";

  private final Map<String, Span> rows = new LinkedHashMap<>();

  private record Span(Instant begin, Instant end) {
    boolean holds(Instant time) {
      return !time.isBefore(begin) && time.isBefore(end);
    }
  }

  void row(String name, Instant begin, Instant end) {
    rows.put(name, new Span(begin, end));
  }

  /**
   * Writes {@code ROW.folded} for every row of which there are samples.
   *
   * @param recordings folder with what servers recorded
   */
  void write(Path recordings, Path folder) throws IOException {
    var stacks = new LinkedHashMap<String, Map<String, Integer>>();
    for (var recording : recordings(recordings)) {
      try (var events = new RecordingFile(recording)) {
        while (events.hasMoreEvents()) {
          add(events.readEvent(), stacks);
        }
      }
    }
    Files.createDirectories(folder);
    for (var row : stacks.entrySet()) {
      var lines = new ArrayList<String>();
      row.getValue().forEach((stack, met) -> lines.add(stack + " " + met));
      Files.write(folder.resolve(row.getKey() + ".folded"), lines);
    }
  }

  private static List<Path> recordings(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(Profiles::isWritten).sorted().toList();
    }
  }

  /** A server that a row kills leaves an empty file. */
  private static boolean isWritten(Path file) {
    return file.toString().endsWith(".jfr") && file.toFile().length() > 0;
  }

  private void add(RecordedEvent event, Map<String, Map<String, Integer>> stacks) {
    if (!event.getEventType().getName().equals(SAMPLE) || event.getStackTrace() == null) {
      return;
    }
    rows.forEach(
        (name, span) -> {
          if (span.holds(event.getStartTime())) {
            stacks
                .computeIfAbsent(name, row -> new TreeMap<>())
                .merge(stack(event), 1, Integer::sum);
          }
        });
  }

  private static String stack(RecordedEvent event) {
    var frames = new ArrayList<String>();
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      var method = frame.getMethod();
      frames.add(method.getType().getName() + "." + method.getName());
    }
    var thread = event.getThread("eventThread");
    frames.add(thread == null ? "?" : thread.getJavaName());
    Collections.reverse(frames);
    return String.join(";", frames);
  }
}
