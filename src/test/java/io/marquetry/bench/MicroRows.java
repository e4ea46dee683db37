package io.marquetry.bench;

/** The cores of components alone, without a server around them. */
final class MicroRows {
  private static final double MILLION = 1e6;

  private final Rig rig;

  MicroRows(Rig rig) {
    this.rig = rig;
  }

  /** One comparison, beside the same written by hand in Java. */
  Row simple() {
    var row = new Row("condition.simple", ">= 20 M/s");
    var foreign = Foreign.begin();
    var scores = Jmh.run(rig, ConditionBench.class, "simple", "simpleByHand");
    var ours = scores.of("simple");
    var hand = scores.of("simpleByHand");
    return row.ours("%.1f M/s", ours.perSecond() / MILLION)
        .ceiling("by hand in Java %.1f M/s", hand.perSecond() / MILLION)
        .ratio(hand.perSecond() / ours.perSecond())
        .foreign(foreign.cores())
        .holds(ours.perSecond() >= 20 * MILLION)
        .note("%.0f B allocated each", ours.bytes())
        .figure("perSecond", ours)
        .figure("ceilingPerSecond", hand);
  }

  /** A hundred rules of which only the last holds, one by one and as a set. */
  Row hundred() {
    var row = new Row("condition.100", ">= 500 k/s");
    var foreign = Foreign.begin();
    var scores =
        Jmh.run(
            rig, ConditionBench.class, "hundredRules", "hundredRulesAsSet", "hundredRulesByHand");
    var ours = scores.of("hundredRulesAsSet");
    var each = scores.of("hundredRules");
    var hand = scores.of("hundredRulesByHand");
    return row.ours("%.0f k/s", ours.perSecond() / 1e3)
        .ceiling("by hand in Java %.0f k/s", hand.perSecond() / 1e3)
        .ratio(hand.perSecond() / ours.perSecond())
        .foreign(foreign.cores())
        .holds(ours.perSecond() >= 500e3)
        .note(
            "as a set; one by one %.0f k/s; %.0f B allocated each",
            each.perSecond() / 1e3, ours.bytes())
        .figure("perSecond", ours)
        .figure("oneByOnePerSecond", each)
        .figure("ceilingPerSecond", hand);
  }

  /** One component for one visitor, the visitor looked up. */
  Row decide() {
    var row = new Row("decide.core", ">= 3 M/s, flagd-core; <= 200 B");
    var foreign = Foreign.begin();
    var scores = Jmh.run(rig, DecisionBench.class, "one", "oneByHand");
    var ours = scores.of("one");
    var hand = scores.of("oneByHand");
    row.ours("%.2f M/s, %.0f B", ours.perSecond() / MILLION, ours.bytes())
        .ceiling("by hand in Java %.2f M/s", hand.perSecond() / MILLION)
        .ratio(hand.perSecond() / ours.perSecond())
        .foreign(foreign.cores())
        .holds(ours.perSecond() >= 3 * MILLION && ours.bytes() <= 200)
        .note("20 components, 120 variants, 50 rules, 200 segments, a bandit in one of three")
        .figure("perSecond", ours)
        .figure("ceilingPerSecond", hand);
    return FlagdCore.beside(row, rig, ours.perSecond());
  }
}
