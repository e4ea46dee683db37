package io.marquetry.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the load generator is to do, and what it answers; both travel as a line of JSON.
 *
 * @param seconds how long requests are begun; those under way are waited for
 */
record Order(int port, double seconds, List<Stream> streams) {
  private static final ObjectMapper JSON = new ObjectMapper();

  Order {
    streams = List.copyOf(streams);
  }

  /**
   * Requests of one kind.
   *
   * @param connections how many at most are under way at a time
   * @param rate how many to begin per second whatever becomes of them, at random times; 0 to begin
   *     the next when one is answered
   * @param first number of the first request
   * @param needle what the answers must hold, looked for in some of them; empty for nothing
   * @param without what no answer may hold, looked for in every one; empty for nothing
   * @param then a request to follow each, repeated until its answer holds {@code until}; or null
   * @param until what is waited for
   * @param figure name of the last number in the answer to the first request that is to be
   *     collected, such as {@code millis}; empty for none
   */
  record Stream(
      String name,
      int connections,
      double rate,
      long first,
      RequestText request,
      String needle,
      String without,
      @Nullable RequestText then,
      String until,
      String figure) {

    /** As fast as answers come. */
    static Stream closed(String name, int connections, long first, RequestText request) {
      return new Stream(name, connections, 0, first, request, "", "", null, "", "");
    }

    /** At a rate of its own. */
    static Stream open(String name, int connections, double rate, long first, RequestText text) {
      return new Stream(name, connections, rate, first, text, "", "", null, "", "");
    }

    Stream withNeedle(String text) {
      return new Stream(
          name, connections, rate, first, request, text, without, then, until, figure);
    }

    Stream without(String text) {
      return new Stream(name, connections, rate, first, request, needle, text, then, until, figure);
    }

    Stream withThen(RequestText next, String wanted) {
      return new Stream(
          name, connections, rate, first, request, needle, without, next, wanted, figure);
    }

    Stream withFigure(String member) {
      return new Stream(
          name, connections, rate, first, request, needle, without, then, until, member);
    }
  }

  /** What became of an order. */
  record Result(List<Outcome> streams) {
    Result {
      streams = List.copyOf(streams);
    }

    /** The only stream's. */
    Outcome only() {
      return streams.getFirst();
    }

    Outcome stream(String name) {
      return streams.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }
  }

  /**
   * What became of the requests of a stream.
   *
   * @param answered how many were answered as they should be
   * @param bad how many were answered otherwise, or not at all
   * @param unsent how many were due and could not even be begun in time
   * @param fault the first thing that went wrong; empty for nothing
   * @param seconds from the first request to the last answer
   * @param times in milliseconds: {@code latency} from when a request was due, {@code first} from
   *     there to the first byte of the answer; of chains {@code shown} from there, and {@code
   *     after} from the first answer, until what was waited for; {@code figure}
   */
  record Outcome(
      String name,
      long answered,
      long bad,
      long unsent,
      String fault,
      double seconds,
      Map<String, Quantiles> times) {
    Outcome {
      times = Map.copyOf(times);
    }

    boolean clean() {
      return bad == 0 && unsent == 0 && answered > 0;
    }

    double perSecond() {
      return answered / Math.max(1e-3, seconds);
    }

    Quantiles time(String kind) {
      return times.getOrDefault(kind, Quantiles.NONE);
    }
  }

  /** Of measured times, in milliseconds. */
  record Quantiles(long count, double p50, double p99, double max) {
    static final Quantiles NONE = new Quantiles(0, Double.NaN, Double.NaN, Double.NaN);
  }

  static <T> T read(String line, Class<T> type) {
    try {
      return JSON.readValue(line, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(line, e);
    }
  }

  static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
