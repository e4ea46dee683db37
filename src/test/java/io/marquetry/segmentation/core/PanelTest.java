package io.marquetry.segmentation.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.SegmentationMessage.Resolved;
import io.marquetry.condition.Condition;
import io.marquetry.grant.ConsentView;
import io.marquetry.kit.Id128;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.core.ProfileOwner.Ownership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PanelTest {
  private final Random random = new Random(7);

  @Test
  void has_moreAndMoreProfiles_isAFairSampleOfBoundedSize() {
    var panel = new Panel();
    var ids = new ArrayList<Id128>();
    var in = new ArrayList<Id128>();
    for (int profiles = 1; profiles <= 100_000; profiles++) {
      var id = new Id128(random.nextLong(), random.nextLong());
      ids.add(id);
      panel.fit(profiles);
      if (panel.has(id)) {
        in.add(id);
      }
      if (profiles == Panel.MOST) {
        assertThat(in).hasSameSizeAs(ids);
      }
    }
    in.removeIf(id -> !panel.has(id));
    assertThat(in).hasSameSizeAs(ids.stream().filter(panel::has).toList());
    assertThat(in.size()).isBetween(Panel.MOST / 2, Panel.MOST);
  }

  @Test
  void fit_fewerAgain_leavesOutWhoWasOut() {
    var panel = new Panel();
    var id = new Id128(-1, 1);
    panel.fit(Panel.MOST + 1);
    panel.fit(1);
    assertThat(panel.has(id)).isFalse();
    assertThat(panel.has(new Id128(1, 1))).isTrue();
  }

  private static ProfileOwner owner(long others) {
    var consents = new ConsentView();
    consents.setDefault("demo", Purposes.ALL);
    consents.renew(0);
    var owner = new ProfileOwner(new Ownership(0, 1), Limits.DEFAULT, consents, agent -> Map.of());
    owner.count(List.of(), others);
    owner.define(
        PlanCompiler.compile(
            Visits.catalogue(
                List.of(Visits.definition(Kind.SEGMENT, "s", "{'condition':{'visits':1}}")))));
    return owner;
  }

  /** The profile as it is stored after a hundred events. */
  private static StoredProfile stored(ProfileOwner owner, Id128 id) {
    for (int i = 0; i < 100; i++) {
      long at = Visits.NOON + i * Visits.MINUTE;
      var event =
          i % 3 == 0
              ? Visits.track(
                  "Product Viewed",
                  at,
                  "{'product_id':'p%d','category':'shoes','price':49.9,'currency':'EUR'}"
                      .formatted(i % 20))
              : Visits.page("/c/shoes/p" + i % 20, at);
      owner.apply(List.of(new Resolved(id, new Logged(i + 1, event))), new Moment(at, 0));
    }
    var cut = owner.cut();
    assertThat(cut).isNotNull();
    var row = owner.rows(cut, 10, Visits.NOON).getFirst();
    var state = Json.readOwn(Json.write(row.state()));
    return new StoredProfile(id, null, row.position(), row.due(), row.shownBy(), state);
  }

  private static List<Integer> preview(ProfileOwner owner, StoredProfile stored, String did) {
    var condition = Visits.json("{'$did':{'event':'page','count':{'$gte':%s}}}".formatted(did));
    var preview = new Preview(Condition.parse(condition));
    assertThat(owner.views().asksBack(preview)).isTrue();
    owner.views().preview(stored, preview, new Moment(Visits.NOON + 100 * Visits.MINUTE, 0));
    var tried = preview.result(1);
    return List.of(tried.surely(), tried.possibly());
  }

  @Test
  void profile_ofNobodyOnThePanel_isSmallAndSaysThatItDoesNotKnow() {
    var on = new Id128(1, 1);
    var off = new Id128(-1, 1);
    var known = stored(owner(10_000_000), on);
    var unknown = stored(owner(10_000_000), off);
    int small = Json.write(unknown.state()).length;

    assertThat(small).isLessThan(4_000);
    assertThat(Json.write(known.state()).length).isGreaterThan(2 * small);
    assertThat(unknown.state()).doesNotContainKeys("recent", "forgotten");
    assertThat(preview(owner(10_000_000), known, "30")).containsExactly(1, 1);
    assertThat(preview(owner(10_000_000), unknown, "30")).containsExactly(0, 1);
  }

  @Test
  void profile_thatLeavesThePanel_forgetsItsEvents() {
    var id = new Id128(-1, 1);
    var owner = owner(0);
    assertThat(stored(owner, id).state()).containsKey("recent");
    owner.count(List.of(), 10_000_000);
    var event = Visits.page("/later", Visits.NOON + 200 * Visits.MINUTE);
    owner.apply(
        List.of(new Resolved(id, new Logged(500, event))),
        new Moment(Visits.NOON + 200 * Visits.MINUTE, 0));
    var cut = owner.cut();
    assertThat(cut).isNotNull();
    assertThat(owner.rows(cut, 10, Visits.NOON).getFirst().state()).doesNotContainKey("recent");
  }
}
