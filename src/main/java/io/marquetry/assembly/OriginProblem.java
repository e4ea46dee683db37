package io.marquetry.assembly;

import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeoutException;

/** Says in plain words why an origin's answer cannot be had. */
final class OriginProblem {
  private OriginProblem() {}

  /** Answers a request and says how it ended. */
  static OriginEnd answer(HttpServerRequest request, Throwable cause) {
    return switch (cause) {
      case ConnectionPoolTooBusyException _ -> shed(request);
      case TimeoutException _ -> {
        PageAnswers.problem(
            request, 504, "Too late", "The site behind this page does not answer in time.");
        yield OriginEnd.LATE;
      }
      case ConnectTimeoutException _ -> {
        PageAnswers.problem(
            request, 504, "Too late", "The site behind this page cannot be reached.");
        yield OriginEnd.LATE;
      }
      default -> {
        PageAnswers.problem(
            request, 502, "Not reachable", "The site behind this page cannot be reached.");
        yield OriginEnd.UNREACHABLE;
      }
    };
  }

  /** Turns a request away because there are too many already. */
  static OriginEnd shed(HttpServerRequest request) {
    PageAnswers.problem(
        request, 503, "Too busy", "The site behind this page has too much to do. Try again.");
    return OriginEnd.SHED;
  }
}
