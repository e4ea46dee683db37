package io.marquetry.segmentation.core.computed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How likely the visit that goes on ends in a purchase: {@code session.intent}, from 0 to 1.
 *
 * <p><i>1 / (1 + e<sup>−z</sup>)</i> with <i>z = −3.51 + 0.56 ln(1 + m) + 0.045 ln(1 + p) + 0.80
 * f</i>, where <i>m</i> are minutes from the first to the last event, <i>p</i> products looked at,
 * and <i>f</i> is 1 on a first visit. Where the site says what its pages are worth ({@code
 * context.page.value}, as web analytics compute it: what was earned in visits that saw the page,
 * for each time it was seen), with <i>v</i> their mean over the visit: <i>z = −3.79 + 0.215 ln(1 +
 * m) + 0.026 ln(1 + p) + 0.64 f + 1.11 ln(1 + v)</i>. Both are logistic regressions on one half of
 * the UCI "Online Shoppers Purchasing Intention" sessions (Sakar et al., 2018); how they do on the
 * other half is in {@code docs/attributes.md}.
 *
 * <p>That data knows no steps towards a purchase, so what they add is a judgement: something put
 * into the cart 1.5, checkout begun 1 more, payment entered another 1; nothing once it is bought.
 * It is halved with every 15 minutes in which nothing happens, in steps of a minute, and ends with
 * the visit.
 */
public final class SessionIntent {
  /** What it is called among the fields of a visit. */
  public static final String NAME = "intent";

  static final Duration HALF_LIFE = Duration.ofMinutes(15);
  private static final double MINUTE = 60_000;
  private static final long STEP = 60_000;
  private static final int REASONS = 3;

  private static final Weights PLAIN = new Weights(-3.51, 0.56, 0.045, 0.80, 0);
  private static final Weights VALUED = new Weights(-3.79, 0.215, 0.026, 0.64, 1.11);

  private record Weights(
      double bias, double minutes, double products, double firstVisit, double value) {}

  /** A part of the sum: what, how much of it, and what it adds. */
  private record Term(String signal, double amount, double adds) {}

  private final VisitDeeds deeds;
  private final long first;
  private final long last;
  private final boolean firstVisit;

  /**
   * The intent of one visit.
   *
   * @param first time of its first event, milliseconds since the epoch
   * @param last time of its last event
   * @param firstVisit whether the visitor was never here before
   */
  public SessionIntent(VisitDeeds deeds, long first, long last, boolean firstVisit) {
    this.deeds = deeds;
    this.first = first;
    this.last = last;
    this.firstVisit = firstVisit;
  }

  /** The value at a moment. */
  public double at(long now) {
    var weights = weights();
    double z = weights.bias();
    for (var term : terms(weights)) {
      z += term.adds();
    }
    double left = new Decay(HALF_LIFE, Duration.ofMillis(STEP)).left(idle(now));
    return Rounded.of(left / (1 + Math.exp(-z)));
  }

  /** The next moment at which it is another one, if nothing happens. */
  public long nextMove(long now) {
    return last + idle(now) + STEP;
  }

  private long idle(long now) {
    long idle = Math.max(0, now - last);
    return idle - idle % STEP;
  }

  /** Why it is what it is: the parts that add most. */
  public Map<String, Object> evidence(long now) {
    var terms = new ArrayList<>(terms(weights()));
    terms.removeIf(term -> term.adds() <= 0);
    terms.sort(Comparator.comparingDouble(Term::adds).reversed());
    return Map.of(
        "value",
        at(now),
        "halfLifeMinutes",
        HALF_LIFE.toMinutes(),
        "because",
        terms.stream().limit(REASONS).map(SessionIntent::json).toList());
  }

  private static Map<String, Object> json(Term term) {
    return Map.of(
        "signal",
        term.signal(),
        "amount",
        Rounded.of(term.amount()),
        "adds",
        Rounded.of(term.adds()));
  }

  private Weights weights() {
    return deeds.valued() == 0 ? PLAIN : VALUED;
  }

  private List<Term> terms(Weights weights) {
    double minutes = (last - first) / MINUTE;
    var terms = new ArrayList<Term>(8);
    terms.add(new Term("minutes", minutes, weights.minutes() * Math.log1p(minutes)));
    terms.add(
        new Term(
            "products looked at",
            deeds.products(),
            weights.products() * Math.log1p((double) deeds.products())));
    terms.add(new Term("first visit", 1, firstVisit ? weights.firstVisit() : 0));
    terms.add(
        new Term("value of pages", deeds.value(), weights.value() * Math.log1p(deeds.value())));
    if (deeds.orders() == 0) {
      terms.add(step("Product Added", deeds.added(), 1.5));
      terms.add(step("Checkout Started", deeds.checkouts(), 1));
      terms.add(step("Payment Info Entered", deeds.payments(), 1));
    }
    return terms;
  }

  private static Term step(String event, long times, double adds) {
    return new Term(event, times, times > 0 ? adds : 0);
  }
}
