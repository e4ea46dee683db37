package io.marquetry.identity.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IdentityMessage.Merge;
import io.marquetry.identity.core.Change.Quarantined;
import io.marquetry.identity.core.LinkRule.Linking;
import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinkRuleTest {
  private static final long DAY = 86_400_000L;
  private static final Id128 PHONE = new Id128(1, 1);
  private static final Id128 LAPTOP = new Id128(1, 2);
  private static final Id128 COOKIE = new Id128(1, 3);
  private static final Id128 KIOSK = new Id128(1, 4);
  private static final Id128 ANNA = new Id128(2, 1);
  private static final Id128 BERT = new Id128(2, 2);

  private final IdentityGraph graph = new IdentityGraph();
  private final LinkRule rule = new LinkRule(graph, Limits.DEFAULT);
  private long position;
  private long at;

  @Test
  void link_deviceAlone_isItsOwnProfileAndCostsNothing() {
    var linking = seen(PHONE, null);
    assertThat(linking).isEqualTo(new Linking(PHONE, List.of(), List.of(), List.of(), Set.of()));
  }

  @Test
  void link_firstLogin_givesTheUserTheDevicesProfile() {
    var linking = seen(PHONE, ANNA);
    assertThat(linking.profile()).isEqualTo(PHONE);
    assertThat(linking.merges()).isEmpty();
    assertThat(linking.related()).containsExactly(PHONE);
    assertThat(graph.find(null, ANNA)).isEqualTo(PHONE);
  }

  @Test
  void link_knownUserOnNewDevice_mergesTheDevice() {
    seen(PHONE, ANNA);
    var linking = seen(LAPTOP, ANNA);
    assertThat(linking.profile()).isEqualTo(PHONE);
    assertThat(linking.merges()).containsExactly(new Merge(2, LAPTOP, PHONE, "identify"));
    assertThat(graph.find(LAPTOP, null)).isEqualTo(PHONE);
  }

  @Test
  void link_userFirstSeenWithoutDevice_keepsItsProfileWhenADeviceComes() {
    assertThat(seen(null, ANNA).profile()).isEqualTo(ANNA);
    var linking = seen(PHONE, ANNA);
    assertThat(linking.profile()).isEqualTo(ANNA);
    assertThat(linking.merges()).containsExactly(new Merge(2, PHONE, ANNA, "identify"));
  }

  @Test
  void link_deviceOfAnother_changesHandsWithoutItsPast() {
    seen(KIOSK, ANNA);
    var linking = seen(KIOSK, BERT);
    assertThat(linking.profile()).isEqualTo(BERT);
    assertThat(linking.merges()).isEmpty();
    assertThat(linking.related()).as("a shared device relates nobody").isEmpty();
    assertThat(seen(KIOSK, null).profile()).isEqualTo(BERT);
    assertThat(graph.find(null, ANNA)).isEqualTo(KIOSK);
    assertThat(seen(KIOSK, ANNA).profile()).isEqualTo(KIOSK);
    assertThat(seen(KIOSK, null).profile()).isEqualTo(KIOSK);
  }

  @Test
  void link_changedHands_resolvesEachPositionAsItWas() {
    seen(KIOSK, ANNA);
    seen(KIOSK, BERT);
    assertThat(graph.resolve(KIOSK, 1)).isEqualTo(KIOSK);
    assertThat(graph.resolve(KIOSK, 2)).isEqualTo(BERT);
  }

  @Test
  void link_twoIdsOfOneBrowser_areOneDeviceUnderTheCookie() {
    var linking = seen(PHONE, COOKIE, null, null);
    assertThat(linking.merges()).containsExactly(new Merge(1, PHONE, COOKIE, "cookie"));
    assertThat(linking.profile()).isEqualTo(COOKIE);
  }

  @Test
  void link_idOfAPersonBesideAnothersCookie_joinsNothing() {
    seen(PHONE, ANNA);
    assertThat(seen(PHONE, COOKIE, null, null).merges()).isEmpty();
    assertThat(graph.find(COOKIE, null)).as("whoever knows an id").isEqualTo(COOKIE);
  }

  @Test
  void link_newIdBesideThePersonsCookie_isSomebodyNew() {
    seen(COOKIE, ANNA);
    var afterReset = seen(PHONE, COOKIE, null, null);
    assertThat(afterReset.merges()).isEmpty();
    assertThat(afterReset.profile()).isEqualTo(PHONE);
  }

  @Test
  void link_newIdBesideThePersonsCookie_joinsWithTheNextLogin() {
    seen(COOKIE, ANNA);
    seen(PHONE, COOKIE, null, null);
    var login = seen(PHONE, COOKIE, ANNA, null);
    assertThat(login.merges()).containsExactly(new Merge(3, PHONE, COOKIE, "identify"));
  }

  @Test
  void link_newIdBesideAnothersCookie_loginLeavesTheCookieAlone() {
    seen(COOKIE, ANNA);
    var login = seen(PHONE, COOKIE, BERT, null);
    assertThat(login.merges()).isEmpty();
    assertThat(login.profile()).isEqualTo(PHONE);
    assertThat(graph.find(COOKIE, null)).isEqualTo(COOKIE);
    assertThat(graph.user(COOKIE)).isEqualTo(ANNA);
  }

  @Test
  void link_personWithAFreeCookieBesideTheirId_takesBoth() {
    seen(PHONE, ANNA);
    var login = seen(PHONE, COOKIE, ANNA, null);
    assertThat(login.merges()).containsExactly(new Merge(2, COOKIE, PHONE, "cookie"));
  }

  @Test
  void link_twoIdsWithDifferentUsers_stayApart() {
    seen(PHONE, ANNA);
    seen(COOKIE, BERT);
    var linking = seen(PHONE, COOKIE, null, null);
    assertThat(linking.merges()).isEmpty();
    assertThat(linking.profile()).isEqualTo(PHONE);
    assertThat(graph.find(COOKIE, null)).isEqualTo(COOKIE);
  }

  @Test
  void link_twoIdsAndAUser_mergesBothInOrder() {
    seen(LAPTOP, ANNA);
    var linking = seen(PHONE, COOKIE, ANNA, null);
    assertThat(linking.merges())
        .containsExactly(
            new Merge(2, PHONE, COOKIE, "cookie"), new Merge(2, COOKIE, LAPTOP, "identify"));
    assertThat(linking.profile()).isEqualTo(LAPTOP);
  }

  @Test
  void link_alias_joinsThePreviousIdentifier() {
    seen(PHONE, ANNA);
    var linking = seen(null, null, ANNA, LAPTOP);
    assertThat(linking.merges()).containsExactly(new Merge(2, LAPTOP, PHONE, "alias"));
  }

  @Test
  void link_aliasOfAnotherUser_joinsNothing() {
    seen(PHONE, ANNA);
    seen(LAPTOP, BERT);
    var linking = seen(null, null, ANNA, BERT);
    assertThat(linking.merges()).isEmpty();
    assertThat(graph.find(null, BERT)).isEqualTo(LAPTOP);
  }

  @Test
  void link_userOnTooManyNewDevicesInADay_isQuarantined() {
    seen(null, ANNA);
    for (int i = 0; i < 1_000; i++) {
      var linking = seen(new Id128(9, i), ANNA);
      assertThat(linking.merges()).hasSize(i < 10 ? 1 : 0);
      assertThat(linking.profile()).as("event %d", i).isEqualTo(i < 10 ? ANNA : new Id128(9, i));
    }
    assertThat(graph.quarantined())
        .singleElement()
        .isEqualTo(new Quarantined(12, 0, ANNA, Suspicion.DEVICES_A_DAY));
    assertThat(graph.quarantined(true)).isEqualTo(1);
    assertThat(rule.tally().joins("identify")).isEqualTo(10);
    assertThat(rule.tally().refusals(Refusal.DAY)).isEqualTo(1);
    assertThat(graph.find(new Id128(9, 500), ANNA)).isEqualTo(new Id128(9, 500));
  }

  @Test
  void link_quarantinedUserWithoutADevice_isStillTheirProfile() {
    link_userOnTooManyNewDevicesInADay_isQuarantined();
    assertThat(seen(null, ANNA).profile()).isEqualTo(ANNA);
  }

  @Test
  void link_userOnAFewNewDevicesEachDay_isQuarantinedWithinTheMonth() {
    for (int day = 0; day < 12; day++) {
      at = day * DAY;
      seen(new Id128(day, 1), ANNA);
      seen(new Id128(day, 2), ANNA);
    }
    assertThat(graph.quarantined())
        .singleElement()
        .matches(one -> one.suspicion() == Suspicion.DEVICES_A_MONTH);
    assertThat(rule.tally().joins("identify")).isEqualTo(20);
  }

  @Test
  void link_userOnANewDeviceEachWeek_isNeverSuspected() {
    for (int week = 0; week < 104; week++) {
      at = week * 7 * DAY;
      assertThat(seen(new Id128(9, week), ANNA).profile()).isEqualTo(new Id128(9, 0));
    }
    assertThat(graph.quarantined()).isEmpty();
  }

  @Test
  void link_oneCookieWithEndlessIds_gluesNoMoreThanTheBound() {
    for (int day = 0; day < 1_000; day++) {
      at = day * DAY;
      for (int i = 0; i < 15; i++) {
        seen(new Id128(day, i), COOKIE, null, null);
      }
    }
    assertThat(graph.identifiers(List.of(COOKIE))).hasSize(Limits.MAX_IDENTIFIERS + 1);
    assertThat(rule.tally().refusals(Refusal.SIZE)).isPositive();
    assertThat(rule.tally().refusals(Refusal.MONTH)).isPositive();
  }

  @Test
  void link_householdOfFive_sharesItsTabletInPeace() {
    for (int turn = 0; turn < 200; turn++) {
      var person = new Id128(2, 100 + turn % 5);
      assertThat(seen(KIOSK, person).profile()).isEqualTo(graph.find(KIOSK, null));
    }
    assertThat(graph.quarantined()).isEmpty();
  }

  @Test
  void link_kioskOfManyUsers_isQuarantinedAndLeadsToNobody() {
    for (int i = 0; i < 1_000; i++) {
      var person = new Id128(2, 100 + i);
      var own = i == 0 ? KIOSK : person;
      assertThat(seen(KIOSK, person).profile()).as("person %d", i).isEqualTo(own);
    }
    assertThat(graph.quarantined())
        .singleElement()
        .isEqualTo(new Quarantined(6, 0, KIOSK, Suspicion.PEOPLE));
    var kiosk = seen(KIOSK, null).profile();
    assertThat(graph.user(kiosk)).isNull();
    assertThat(kiosk).isNotEqualTo(KIOSK).isEqualTo(graph.find(KIOSK, null));
    assertThat(graph.identifiers(List.of(new Id128(2, 104))))
        .as("the last one before it left nothing behind")
        .containsExactly(new Id128(2, 104));
    assertThat(graph.resolve(KIOSK, 5)).as("as it was").isEqualTo(new Id128(2, 104));
    assertThat(rule.tally().refusals(Refusal.QUARANTINE)).isEqualTo(1);
  }

  @Test
  void link_quarantinedKiosk_joinsNoOtherIdEither() {
    link_kioskOfManyUsers_isQuarantinedAndLeadsToNobody();
    assertThat(seen(PHONE, KIOSK, null, null).merges()).isEmpty();
    assertThat(seen(PHONE, KIOSK, ANNA, null).merges()).isEmpty();
    assertThat(graph.find(null, ANNA)).isEqualTo(PHONE);
  }

  @Test
  void find_strangerOnFreeDevice_foreseesTheLogin() {
    assertThat(graph.find(PHONE, ANNA)).isEqualTo(PHONE);
    seen(PHONE, ANNA);
    assertThat(graph.find(PHONE, BERT)).isEqualTo(BERT);
    assertThat(seen(PHONE, BERT).profile()).isEqualTo(BERT);
  }

  @Test
  void identifiers_sharedDevice_countForItsPresentUserOnly() {
    seen(KIOSK, ANNA);
    seen(PHONE, ANNA);
    seen(KIOSK, BERT);
    assertThat(graph.identifiers(List.of(ANNA))).containsExactlyInAnyOrder(ANNA, PHONE);
    assertThat(graph.identifiers(List.of(BERT))).containsExactlyInAnyOrder(BERT, KIOSK);
    assertThat(graph.own(BERT)).containsExactly(BERT);
  }

  @Test
  void identifiers_newUserOnDeviceOfAnother_takeNothingOfTheOther() {
    seen(KIOSK, ANNA);
    seen(PHONE, ANNA);
    assertThat(graph.identifiers(List.of(BERT, KIOSK))).containsExactlyInAnyOrder(BERT, KIOSK);
  }

  @Test
  void identifiers_newUserOnFreeDevice_takeItsOtherIds() {
    seen(PHONE, COOKIE, null, null);
    assertThat(graph.identifiers(List.of(BERT, PHONE)))
        .containsExactlyInAnyOrder(BERT, PHONE, COOKIE);
  }

  private Linking seen(@Nullable Id128 device, @Nullable Id128 user) {
    return seen(device, null, user, null);
  }

  private Linking seen(
      @Nullable Id128 device,
      @Nullable Id128 other,
      @Nullable Id128 user,
      @Nullable Id128 previous) {
    position++;
    return rule.link(position, Events.of(position, at, device, other, user, previous));
  }
}
