package io.marquetry.segmentation.core.computed;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.track;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.segmentation.core.Visits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionIntentTest {
  private VisitDeeds deeds = VisitDeeds.NONE;

  private void page(String page) {
    deeds =
        deeds.and(
            Visits.event(
                EventType.PAGE, "page", NOON, Visits.json("{'context':{'page':" + page + "}}")));
  }

  private SessionIntent intent(int minutes, boolean firstVisit) {
    return new SessionIntent(deeds, NOON - minutes * MINUTE, NOON, firstVisit);
  }

  private static double logistic(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  @Test
  void at_timeAndProducts_raiseItByTheFormula() {
    assertThat(intent(0, false).at(NOON)).isEqualTo(0.029, within(1e-4));
    for (int i = 0; i < 4; i++) {
      deeds = deeds.and(track("Product Viewed", NOON));
    }
    page("{'class':'product'}");
    double z = -3.51 + 0.56 * Math.log(16) + 0.045 * Math.log(6) + 0.80;
    assertThat(intent(15, true).at(NOON)).isEqualTo(logistic(z), within(1e-4));
  }

  @Test
  void at_stepsTowardsAPurchase_raiseItUntilItIsMade() {
    deeds = deeds.and(track("Product Added", NOON));
    deeds = deeds.and(track("Product Added", NOON));
    assertThat(intent(0, false).at(NOON)).isEqualTo(logistic(-2.01), within(1e-4));
    page("{'class':'checkout'}");
    deeds = deeds.and(track("Payment Info Entered", NOON));
    assertThat(intent(0, false).at(NOON)).isEqualTo(logistic(-0.01), within(1e-4));
    deeds = deeds.and(track("Order Completed", NOON));
    assertThat(intent(0, false).at(NOON)).isEqualTo(logistic(-3.51), within(1e-4));
  }

  @Test
  void at_valueOfPagesKnown_countsTheirMean() {
    page("{'value':0}");
    assertThat(intent(0, false).at(NOON)).isEqualTo(logistic(-3.79), within(1e-4));
    page("{'value':24.5}");
    double z = -3.79 + 1.11 * Math.log(1 + 12.25);
    assertThat(intent(0, false).at(NOON)).isEqualTo(logistic(z), within(1e-4));
    page("{'value':-3}");
    page("{'value':'much'}");
    assertThat(intent(0, false).at(NOON)).isEqualTo(logistic(z), within(1e-4));
  }

  @Test
  void at_nothingHappens_halvesEveryQuarterOfAnHourByTheMinute() {
    var intent = intent(20, false);
    double full = intent.at(NOON);
    assertThat(intent.at(NOON + MINUTE - 1)).isEqualTo(full);
    assertThat(intent.at(NOON + MINUTE)).isLessThan(full);
    assertThat(intent.at(NOON + 15 * MINUTE)).isEqualTo(full / 2, within(1e-4));
    assertThat(intent.nextMove(NOON)).isEqualTo(NOON + MINUTE);
    assertThat(intent.nextMove(NOON + MINUTE)).isEqualTo(NOON + 2 * MINUTE);
    assertThat(intent.nextMove(NOON - MINUTE)).as("read too early").isEqualTo(NOON + MINUTE);
  }

  @Test
  void evidence_parts_areThoseThatAddMost() {
    deeds = deeds.and(track("Product Added", NOON));
    deeds = deeds.and(track("Product Viewed", NOON));
    var evidence = intent(10, true).evidence(NOON);
    assertThat(evidence.get("because"))
        .isEqualTo(
            List.of(
                Map.of("signal", "Product Added", "amount", 1.0, "adds", 1.5),
                Map.of("signal", "minutes", "amount", 10.0, "adds", 1.3428),
                Map.of("signal", "first visit", "amount", 1.0, "adds", 0.8)));
  }

  @Test
  void deeds_storedAndAbsorbed_addUp() {
    assertThat(deeds.toJson()).isEmpty();
    deeds = deeds.and(track("Product Viewed", NOON));
    page("{'value':1.25}");
    assertThat(deeds.toJson()).isEqualTo(List.of(1L, 0L, 0L, 0L, 0L, 1L, 125L));
    deeds = deeds.plus(VisitDeeds.of(deeds.toJson()));
    assertThat(deeds.toJson()).isEqualTo(List.of(2L, 0L, 0L, 0L, 0L, 2L, 250L));
    assertThat(VisitDeeds.of(List.of()).toJson()).isEmpty();
  }
}
