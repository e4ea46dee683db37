package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.DecisionLogMessage.Coverage;
import io.marquetry.bus.DecisionLogMessage.Covered;
import io.marquetry.bus.DecisionLogMessage.GetCoverage;
import io.marquetry.bus.DecisionLogMessage.QueryDecisions;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Cause;
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
  private static final int MOST_READ = 1_000;

  private final Bus bus;
  private final InstantSource clock;

  InsightOperations(Bus bus, InstantSource clock) {
    this.bus = bus;
    this.clock = clock;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("insights.coverage", (actor, body) -> coverage(asked(body)));
    handlers.put("insights.causes", (actor, body) -> causes(asked(body)));
  }

  private GetCoverage asked(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var site = arguments.optionalText("site");
    var until = arguments.optionalTime("to");
    long to = until == null ? clock.millis() + 1 : until;
    var since = arguments.optionalTime("from");
    long from = since == null ? to - USUAL_MILLIS : since;
    arguments.end();
    if (from >= to || to - from > LONGEST_MILLIS) {
      throw new Refused(Reason.INVALID, "from", "must lie before \"to\", by 31 days at most");
    }
    return new GetCoverage(site, from, to);
  }

  private Future<Map<String, Object>> coverage(GetCoverage asked) {
    return bus.ask(Addresses.COVERAGE, asked).map(coverage -> view(asked, coverage));
  }

  /** Reasons are read one by one, so of many decisions the newest have to do. */
  private Future<Map<String, Object>> causes(GetCoverage asked) {
    var newest =
        new QueryDecisions(null, null, null, null, null, asked.from(), asked.to(), MOST_READ);
    return bus.ask(Addresses.QUERY_DECISIONS, newest)
        .map(
            found -> {
              var counted =
                  found.decisions().stream()
                      .filter(one -> asked.site() == null || one.site().equals(asked.site()))
                      .toList();
              var view = period(asked);
              view.put("decisions", counted.size());
              view.put("complete", found.decisions().size() < MOST_READ);
              view.put("causes", Cause.tally(counted));
              return view;
            });
  }

  private static Map<String, Object> period(GetCoverage asked) {
    var view = new LinkedHashMap<String, Object>();
    view.put("from", Times.iso(asked.from()));
    view.put("to", Times.iso(asked.to()));
    return view;
  }

  private static Map<String, Object> view(GetCoverage asked, Coverage coverage) {
    var view = period(asked);
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
