package io.marquetry.decisioning;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DecisionLogMessage.Reported;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.DecisioningMessage.Mode;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.decisioning.DecisionStore.Shown;
import io.marquetry.decisioning.core.DecisionPlan;
import io.marquetry.decisioning.core.Exposures;
import io.marquetry.decisioning.core.VisitorView;
import io.marquetry.kit.Id128;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how often visitors are shown what rules cap, and reads back from the decision log what
 * they were shown before a start or before there was such a rule.
 *
 * <p>Until that has come, what was shown before does not count: a visitor may see a capped variant
 * once too often in the second after a start.
 */
final class ShownLately {
  private static final Logger LOG = LoggerFactory.getLogger(ShownLately.class);
  private static final long AGAIN_MILLIS = 5_000;

  private final Vertx vertx;
  private final DecisionStore store;
  private final DecisionLog log;
  private final Predicate<Id128> owned;
  private final Exposures exposures;
  private Set<String> reported = Set.of();
  private boolean counting;
  private int plans;

  /**
   * @param owned whether this instance decides for a visitor
   * @param most visitors to remember
   */
  ShownLately(Vertx vertx, DecisionStore store, DecisionLog log, Predicate<Id128> owned, int most) {
    this.vertx = vertx;
    this.store = store;
    this.log = log;
    this.owned = owned;
    this.exposures = new Exposures(most);
  }

  Exposures exposures() {
    return exposures;
  }

  /** Counts what this plan caps from here on. */
  void define(DecisionPlan plan, long now) {
    var lacking = exposures.watch(plan.watched());
    reported = plan.reported();
    counting = !plan.watched().isEmpty();
    plans++;
    if (!lacking.isEmpty()) {
      readBack(lacking, now, plans);
    }
  }

  private void readBack(List<String> variants, long before, int asOf) {
    log.flush()
        .otherwiseEmpty()
        .compose(
            flushed -> store.shown(variants, reported, before - exposures.longestMillis(), before))
        .onSuccess(shown -> shown.forEach(this::add))
        .onFailure(
            cause -> {
              LOG.warn("what visitors were shown cannot be read yet: {}", cause.toString());
              vertx.setTimer(
                  AGAIN_MILLIS,
                  later -> {
                    if (asOf == plans) {
                      readBack(variants, before, asOf);
                    }
                  });
            });
  }

  private void add(Shown shown) {
    if (owned.test(shown.profile())) {
      exposures.add(shown.profile(), shown.variant(), shown.at());
    }
  }

  /** Says to a view how often its visitor was shown what is capped. */
  void tell(VisitorView view, Id128 visitor) {
    if (counting) {
      view.counted(exposures, visitor);
    }
  }

  /**
   * Notes what a visitor is shown now.
   *
   * @param assembled whether it goes into a page of ours, and is not for a caller to show
   */
  void count(Id128 visitor, List<Choice> choices, boolean assembled, long now) {
    for (int i = 0; counting && i < choices.size(); i++) {
      var choice = choices.get(i);
      if (assembled || !reported.contains(choice.component())) {
        count(visitor, choice, now);
      }
    }
  }

  /** Notes what a caller says they showed to a visitor who is decided for here. */
  void count(Id128 visitor, Reported told) {
    var decision = told.decision();
    if (!counting || decision.isAssembled() || decision.mode() != Mode.PERSONALIZED) {
      return;
    }
    for (var choice : decision.choices()) {
      if (told.holds(choice) && reported.contains(choice.component())) {
        count(visitor, choice, told.at());
      }
    }
  }

  private void count(Id128 visitor, Choice choice, long at) {
    if (choice.variant() != null) {
      exposures.add(visitor, choice.component() + "/" + choice.variant(), at);
    }
  }

  /** Forgets whoever does not want to be personalized for any more. */
  void consent(ConsentRecord record) {
    if (!record.purposes().allows(Purpose.PERSONALIZATION)) {
      record.keys().forEach(exposures::forget);
    }
  }
}
