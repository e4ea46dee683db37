package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.Covered;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Times;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of everything that was decided, in numbers. */
final class InsightOperations {
  private static final long USUAL_MILLIS = Duration.ofDays(1).toMillis();
  private static final long LONGEST_MILLIS = Duration.ofDays(31).toMillis();

  private final Bus bus;
  private final InstantSource clock;

  InsightOperations(Bus bus, InstantSource clock) {
    this.bus = bus;
    this.clock = clock;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("insights.coverage", (actor, body) -> coverage(Arguments.of(body)));
  }

  private Future<Map<String, Object>> coverage(Arguments asked) {
    var site = asked.optionalText("site");
    var until = asked.optionalTime("to");
    long to = until == null ? clock.millis() + 1 : until;
    var since = asked.optionalTime("from");
    long from = since == null ? to - USUAL_MILLIS : since;
    asked.end();
    if (from >= to || to - from > LONGEST_MILLIS) {
      throw new Refused(Reason.INVALID, "from", "must lie before \"to\", by 31 days at most");
    }
    return bus.ask(Addresses.COVERAGE, new GetCoverage(site, from, to))
        .map(coverage -> view(coverage, from, to));
  }

  private static Map<String, Object> view(Coverage coverage, long from, long to) {
    var view = new LinkedHashMap<String, Object>();
    view.put("from", Times.iso(from));
    view.put("to", Times.iso(to));
    view.put("decisions", coverage.decisions());
    view.put("complete", coverage.complete());
    view.put("pages", share(coverage.pages()));
    view.put("slots", share(coverage.slots()));
    view.put("byPage", shares("page", coverage.byPage()));
    view.put("byComponent", shares("component", coverage.byComponent()));
    view.put("bySegment", shares("segment", coverage.bySegment()));
    return view;
  }

  private static List<Map<String, Object>> shares(String named, List<Covered> all) {
    return all.stream()
        .map(
            one -> {
              var view = new LinkedHashMap<String, Object>();
              view.put(named, one.key());
              view.putAll(share(one));
              return (Map<String, Object>) view;
            })
        .toList();
  }

  /** No share where nothing was served. */
  private static Map<String, Object> share(Covered of) {
    var view = new LinkedHashMap<String, Object>();
    view.put("served", of.served());
    view.put("personalized", of.personalized());
    if (of.served() > 0) {
      view.put("share", (double) of.personalized() / of.served());
    }
    return view;
  }
}
