package io.marquetry.grant;

import static io.marquetry.grant.ConsentView.LEASE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Purposes.Purpose;
import io.marquetry.kit.Id128;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsentViewTest {
  private static final Id128 PHONE = new Id128(1, 1);
  private static final Id128 LAPTOP = new Id128(1, 2);
  private static final Purposes ANALYTICS = Purposes.NONE.with(Purpose.ANALYTICS);

  private final ConsentView view = new ConsentView();

  @BeforeEach
  void renew() {
    view.renew(0);
  }

  @Test
  void grant_leaseRunOut_isDeniedUntilItIsRenewed() {
    view.put(record(1, Purposes.ALL, true, PHONE));
    assertThat(granted(LEASE_MILLIS, PHONE)).isTrue();
    assertThat(granted(LEASE_MILLIS + 1, PHONE)).isFalse();
    assertThat(view.allowed("shop", List.of(PHONE), Purposes.NONE, LEASE_MILLIS + 1))
        .isEqualTo(Purposes.NONE);
    view.renew(LEASE_MILLIS + 1);
    assertThat(granted(LEASE_MILLIS + 1, PHONE)).isTrue();
  }

  @Test
  void grant_neverHeardOfConsent_isDenied() {
    var fresh = new ConsentView();
    fresh.setDefault("shop", Purposes.ALL);
    assertThat(fresh.grant("shop", Purpose.ANALYTICS, List.of(PHONE), false, 0)).isEmpty();
  }

  @Test
  void late_onlyWhereItWasWholeOnce() {
    var fresh = new ConsentView();
    assertThat(fresh.late(0)).as("nobody is waited for who never spoke").isFalse();
    fresh.expectDefaults();
    fresh.renew(0);
    assertThat(fresh.late(0)).isFalse();
    fresh.defaultsKnown();
    assertThat(fresh.late(LEASE_MILLIS)).isFalse();
    assertThat(fresh.late(LEASE_MILLIS + 1)).isTrue();
    fresh.renew(LEASE_MILLIS + 1);
    assertThat(fresh.late(LEASE_MILLIS + 1)).isFalse();
  }

  @Test
  void renew_asOfEarlier_doesNotShortenTheLease() {
    view.renew(1_000);
    view.renew(500);
    assertThat(view.current(1_000 + LEASE_MILLIS)).isTrue();
  }

  @Test
  void grant_severalRecords_allowsWhatAllAllow() {
    view.put(record(1, Purposes.ALL, true, PHONE));
    view.put(record(2, Purposes.NONE, true, LAPTOP));
    assertThat(granted(0, PHONE)).isTrue();
    assertThat(granted(0, PHONE, LAPTOP)).isFalse();
    assertThat(view.version(List.of(PHONE, LAPTOP))).isEqualTo(2);
    assertThat(view.purposes("shop", Arrays.asList(null, PHONE))).isEqualTo(Purposes.ALL);
  }

  @Test
  void put_recordsOutOfOrder_keepsTheNewest() {
    view.put(record(2, Purposes.NONE, true, PHONE));
    view.put(record(1, Purposes.ALL, true, PHONE));
    assertThat(granted(0, PHONE)).isFalse();
  }

  @Test
  void grant_noRecord_goesByTheSitesDefault() {
    assertThat(granted(0, PHONE)).isFalse();
    view.setDefault("shop", ANALYTICS);
    assertThat(granted(0, PHONE)).isTrue();
    assertThat(view.grant("other", Purpose.ANALYTICS, List.of(PHONE), false, 0)).isEmpty();
  }

  @Test
  void grant_optOutSignal_countsUnlessChosenOtherwise() {
    view.setDefault("shop", Purposes.ALL);
    view.put(record(1, Purposes.ALL, true, LAPTOP));
    var optOut = Purposes.NONE.with(Purpose.MARKETING);
    assertThat(view.grant("shop", Purpose.MARKETING, List.of(PHONE), true, 0)).isEmpty();
    assertThat(view.grant("shop", Purpose.MARKETING, List.of(LAPTOP), true, 0)).isPresent();
    assertThat(view.allowed("shop", List.of(PHONE), optOut, 0))
        .isEqualTo(Purposes.ALL.without(Purpose.MARKETING));
    assertThat(view.allowed("shop", List.of(LAPTOP), optOut, 0)).isEqualTo(Purposes.ALL);
  }

  @Test
  void holds_withdrawnOrJoinedOrDefaultChanged_noLonger() {
    view.setDefault("shop", ANALYTICS);
    view.put(record(1, Purposes.ALL, true, PHONE));
    var grant = view.grant("shop", Purpose.ANALYTICS, List.of(PHONE), false, 0).orElseThrow();
    var byDefault = view.grant("shop", Purpose.ANALYTICS, List.of(LAPTOP), false, 0).orElseThrow();
    assertThat(view.holds(grant, "shop", List.of(PHONE), 0)).isTrue();
    assertThat(view.holds(grant, "shop", List.of(PHONE), LEASE_MILLIS + 1)).isFalse();
    view.setDefault("shop", Purposes.NONE);
    assertThat(view.holds(byDefault, "shop", List.of(LAPTOP), 0)).isFalse();
    view.put(record(2, ANALYTICS, true, PHONE));
    assertThat(view.holds(grant, "shop", List.of(PHONE), 0)).as("still allowed").isTrue();
    view.put(record(3, Purposes.NONE, true, PHONE));
    assertThat(view.holds(grant, "shop", List.of(PHONE), 0)).isFalse();
  }

  @Test
  void holds_anotherIdentifierDeniedEarlier_doesNot() {
    view.put(record(1, Purposes.NONE, true, LAPTOP));
    view.put(record(2, Purposes.ALL, true, PHONE));
    var grant = view.grant("shop", Purpose.ANALYTICS, List.of(PHONE), false, 0).orElseThrow();
    assertThat(view.holds(grant, "shop", List.of(PHONE, LAPTOP), 0)).isFalse();
  }

  private boolean granted(long now, Id128... keys) {
    return view.grant("shop", Purpose.ANALYTICS, List.of(keys), false, now).isPresent();
  }

  private static ConsentRecord record(
      long version, Purposes purposes, boolean explicit, Id128... keys) {
    return new ConsentRecord(List.of(keys), "shop", purposes, version, 0, "api", explicit);
  }
}
