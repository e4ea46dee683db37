package io.marquetry.bench;

import io.marquetry.bench.Order.Outcome;
import io.marquetry.bench.Order.Quantiles;
import io.marquetry.bench.Order.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The requests of one stream while they are sent: when the next is due, and what became of those
 * before.
 */
abstract class Flow {
  private static final long LONGEST = 120_000_000_000L;

  /** Answers are searched for the needle now and then, so that looking costs little. */
  private static final int LOOK_EVERY = 32;

  protected final Stream stream;
  protected final Template template;
  protected final ArrayDeque<Connection> idle = new ArrayDeque<>();
  protected long number;
  protected int busy;
  private final Map<String, Histogram> times = new LinkedHashMap<>();
  private long answered;
  private long bad;
  private String fault = "";
  private long begun;
  private long ended;

  Flow(Stream stream) {
    this.stream = stream;
    template = Template.of(stream.request());
    number = stream.first();
  }

  static Flow of(Stream stream) {
    return stream.rate() > 0 ? new OpenFlow(stream) : new ClosedFlow(stream);
  }

  /** Opens its connections. */
  void connect(Selector selector, int port, ByteBuffer incoming) throws IOException {
    for (int i = 0; i < stream.connections(); i++) {
      idle.add(new Connection(selector, port, this, incoming, longest()));
    }
  }

  int longest() {
    return template.length();
  }

  /** Begins; requests are begun until {@code end}. Times are those of {@link System#nanoTime}. */
  void begin(long now, long end) throws IOException {
    begun = now;
    ended = now;
  }

  /** Sends what is due; when it wants to be called again at the latest. */
  abstract long tick(long now) throws IOException;

  /** The request of a connection is answered. */
  abstract void answered(Connection connection, long now) throws IOException;

  /** How many requests are due and not begun. */
  abstract long waiting();

  boolean finished() {
    return busy == 0 && waiting() == 0;
  }

  /** A connection broke or said something that is no answer. */
  void broken(Connection connection, String why) {
    busy--;
    bad++;
    note(why);
    connection.close();
  }

  /** Whether the answer is as it should be; counts it where not. */
  boolean accept(Connection connection, long now) {
    ended = now;
    var answer = connection.answer();
    if (!answer.succeeded()) {
      bad++;
      note("status " + answer.status() + ": " + shortened(answer.body()));
      return false;
    }
    if (!stream.needle().isEmpty()
        && connection.number % LOOK_EVERY == 0
        && !answer.body().contains(stream.needle())) {
      bad++;
      note("an answer without " + stream.needle() + ": " + shortened(answer.body()));
      return false;
    }
    if (!stream.without().isEmpty() && answer.body().contains(stream.without())) {
      bad++;
      note("an answer with " + stream.without() + ": " + shortened(answer.body()));
      return false;
    }
    answered++;
    return true;
  }

  void reject(String why) {
    answered--;
    bad++;
    note(why);
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(200, text.length()));
  }

  private void note(String why) {
    fault = fault.isEmpty() ? why : fault;
  }

  void record(String kind, long nanos) {
    times
        .computeIfAbsent(kind, name -> new Histogram(LONGEST, 3))
        .recordValue(Math.clamp(nanos, 0, LONGEST));
  }

  Outcome outcome() {
    var quantiles = new LinkedHashMap<String, Quantiles>();
    times.forEach((kind, histogram) -> quantiles.put(kind, quantiles(histogram)));
    return new Outcome(
        stream.name(), answered, bad + busy, waiting(), fault, (ended - begun) / 1e9, quantiles);
  }

  private static Quantiles quantiles(Histogram histogram) {
    return new Quantiles(
        histogram.getTotalCount(),
        histogram.getValueAtPercentile(50) / 1e6,
        histogram.getValueAtPercentile(99) / 1e6,
        histogram.getMaxValue() / 1e6);
  }
}
