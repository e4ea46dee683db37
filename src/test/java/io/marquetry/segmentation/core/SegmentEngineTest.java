package io.marquetry.segmentation.core;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.NOON;
import static io.marquetry.segmentation.core.Visits.SECOND;
import static io.marquetry.segmentation.core.Visits.TIMEOUT;
import static io.marquetry.segmentation.core.Visits.engine;
import static io.marquetry.segmentation.core.Visits.identify;
import static io.marquetry.segmentation.core.Visits.page;
import static io.marquetry.segmentation.core.Visits.profile;
import static io.marquetry.segmentation.core.Visits.track;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentEngineTest {
  private static final String ENTERPRISE =
      """
      {'$did':{'event':'page','where':{'context.page.path':{'$regex':'^/pricing/enterprise'}},
        'within':'session','count':{'$gte':3}}}""";

  private final Profile visitor = profile();

  private Change apply(SegmentEngine engine, Event event) {
    return engine.apply(visitor, event, event.at());
  }

  @Test
  void apply_thirdEnterprisePageInOneVisit_makesAProspect() {
    var engine = engine("enterprise", ENTERPRISE);

    apply(engine, page("/pricing/enterprise", NOON));
    apply(engine, page("/pricing/enterprise/faq", NOON + MINUTE));
    assertThat(visitor.memberships.keys()).isEmpty();
    var third = apply(engine, page("/pricing/enterprise", NOON + 2 * MINUTE));

    assertThat(third.entered()).containsExactly("enterprise");
    assertThat(visitor.memberships.since("enterprise")).isEqualTo(NOON + 2 * MINUTE);
  }

  @Test
  void apply_thirdEnterprisePageInTheNextVisit_makesNoProspect() {
    var engine = engine("enterprise", ENTERPRISE);

    apply(engine, page("/pricing/enterprise", NOON));
    apply(engine, page("/pricing/enterprise", NOON + MINUTE));
    apply(engine, page("/pricing/enterprise", NOON + 40 * MINUTE));

    assertThat(visitor.memberships.keys()).isEmpty();
  }

  @Test
  void expire_visitOver_endsWhatHangsOnIt() {
    var engine = engine("enterprise", ENTERPRISE, "here", "{'session.pageViews':{'$gte':1}}");
    for (int i = 0; i < 3; i++) {
      apply(engine, page("/pricing/enterprise", NOON + i * SECOND));
    }
    assertThat(visitor.memberships.keys()).containsExactly("enterprise", "here");
    assertThat(visitor.due).isEqualTo(NOON + 2 * SECOND + TIMEOUT);

    assertThat(engine.expire(visitor, visitor.due - 1).isNone()).isTrue();
    assertThat(engine.expire(visitor, visitor.due).left())
        .containsExactlyInAnyOrder("enterprise", "here");
    assertThat(visitor.due).isEqualTo(Trail.NEVER);
  }

  @Test
  void expire_windowSlidesPast_endsMembershipToTheMillisecond() {
    var engine =
        engine("keen", "{'$did':{'event':'Product Viewed','within':'PT1H','count':{'$gte':2}}}");
    apply(engine, track("Product Viewed", NOON));
    apply(engine, track("Product Viewed", NOON + MINUTE));
    apply(engine, track("Product Viewed", NOON + 2 * MINUTE));

    assertThat(visitor.due).isEqualTo(NOON + 61 * MINUTE);
    assertThat(engine.expire(visitor, visitor.due - 1).left()).isEmpty();
    assertThat(engine.expire(visitor, visitor.due).left()).containsExactly("keen");
  }

  @Test
  void expire_absenceInAWindow_beginsMembership() {
    var engine = engine("away", "{'$did':{'event':'page','within':'PT1H','count':{'$eq':0}}}");
    apply(engine, page("/", NOON));
    assertThat(visitor.memberships.keys()).isEmpty();

    assertThat(engine.expire(visitor, NOON + 60 * MINUTE).entered()).containsExactly("away");
  }

  @Test
  void apply_lateEvent_countsWhereItHappened() {
    var engine =
        engine(
            "ever", "{'$did':{'event':'page','count':{'$gte':2}}}",
            "hour", "{'$did':{'event':'page','within':'PT1H','count':{'$gte':2}}}",
            "visit", "{'$did':{'event':'page','within':'session','count':{'$gte':2}}}");
    engine.apply(visitor, page("/", NOON), NOON);

    engine.apply(visitor, page("/", NOON - 50 * MINUTE), NOON + SECOND);

    assertThat(visitor.memberships.keys()).containsExactly("ever", "hour");
  }

  @Test
  void apply_eventOlderThanTheWindow_changesNothingInIt() {
    var engine = engine("hour", "{'$did':{'event':'page','within':'PT1H','count':{'$gte':2}}}");
    engine.apply(visitor, page("/", NOON), NOON);

    engine.apply(visitor, page("/", NOON - 60 * MINUTE), NOON);

    assertThat(visitor.memberships.keys()).isEmpty();
  }

  @Test
  void apply_newVisitor_isInSegmentsThatAskForAbsence() {
    var engine = engine("stranger", "{'traits.email':{'$exists':false}}", "new", "{'visits':1}");

    assertThat(apply(engine, page("/", NOON)).entered()).containsExactly("new", "stranger");
  }

  @Test
  void apply_nestedSegments_followInOrder() {
    var engine =
        engine(
            "a", "{'$inSegment':'b'}",
            "b", "{'$inSegment':'c'}",
            "c", "{'traits.plan':'gold'}",
            "d", "{'$nor':[{'$inSegment':'a'}]}");
    apply(engine, page("/", NOON));
    assertThat(visitor.memberships.keys()).containsExactly("d");

    var change = apply(engine, identify(NOON + SECOND, "{'plan':'gold'}"));

    assertThat(change.entered()).containsExactly("c", "b", "a");
    assertThat(change.left()).containsExactly("d");
  }

  @Test
  void apply_amongManySegments_evaluatesOnlyWhatItTouches() {
    var definitions = new ArrayList<String>();
    for (int i = 0; i < 50; i++) {
      definitions.add("track" + i);
      definitions.add("{'$did':{'event':'Event %d','count':{'$gte':2}}}".formatted(i));
      definitions.add("trait" + i);
      definitions.add("{'traits.t%d':'yes'}".formatted(i));
    }
    definitions.add("nested");
    definitions.add("{'$inSegment':'track7'}");
    var engine = engine(definitions.toArray(String[]::new));
    apply(engine, page("/", NOON));
    long before = engine.evaluations();
    assertThat(before).isEqualTo(101);

    apply(engine, page("/other", NOON + SECOND));
    assertThat(engine.evaluations() - before).isZero();

    apply(engine, track("Event 7", NOON + 2 * SECOND)); // counted, but once is not twice
    assertThat(engine.evaluations() - before).isZero();

    apply(engine, track("Event 7", NOON + 3 * SECOND)); // enters track7, so nested is asked too
    assertThat(engine.evaluations() - before).isEqualTo(2);

    apply(engine, track("Event 7", NOON + 4 * SECOND)); // three times is as good as twice
    assertThat(engine.evaluations() - before).isEqualTo(2);

    apply(engine, identify(NOON + 5 * SECOND, "{'t3':'yes','other':1}"));
    assertThat(engine.evaluations() - before).isEqualTo(3);

    apply(engine, identify(NOON + 6 * SECOND, "{'t3':'yes'}")); // nothing new
    assertThat(engine.evaluations() - before).isEqualTo(3);
  }

  @Test
  void apply_projectedFieldChanges_isTold() {
    var catalogue =
        Visits.catalogue(
            List.of(
                Visits.definition(
                    Kind.RULE, "r", "{'when':{'traits.plan':'gold','context.page.path':'/'}}"),
                Visits.definition(
                    Kind.VARIANT,
                    "hero/v",
                    "{'content':{'items':{'$from':'attributes.recentlyViewed'}},"
                        + "'requires':['geo.country']}")));
    var engine = new SegmentEngine(PlanCompiler.compile(catalogue), TIMEOUT, Visits.DEVICES);
    assertThat(engine.plan().projection().toString())
        .isEqualTo("[attributes.recentlyViewed, geo.country, isReturning, traits.plan, visits]");
    apply(engine, page("/", NOON));

    assertThat(apply(engine, page("/b", NOON + SECOND)).isNone()).isTrue();
    assertThat(apply(engine, identify(NOON, "{'plan':'gold'}")).fieldsChanged()).isTrue();
    assertThat(apply(engine, identify(NOON + 1, "{'age':7}")).fieldsChanged()).isFalse();
    var viewed = "{'product_id':'p1','name':'Shoe','price':7}";
    assertThat(apply(engine, track("Product Viewed", NOON, viewed)).fieldsChanged()).isTrue();
    assertThat(engine.project(visitor, NOON))
        .containsEntry("traits.plan", "gold")
        .containsEntry("isReturning", false)
        .containsEntry("visits", 1L)
        .containsEntry(
            "attributes.recentlyViewed", List.of(Map.of("id", "p1", "name", "Shoe", "price", 7L)))
        .hasSize(4);
  }

  @Test
  void apply_behaviourInARule_becomesAHiddenSegment() {
    var did = "{'$did':{'event':'Product Added'}}";
    var plan =
        PlanCompiler.compile(
            Visits.catalogue(
                List.of(Visits.definition(Kind.RULE, "r", "{'when':%s}".formatted(did)))));
    var engine = new SegmentEngine(plan, TIMEOUT, Visits.DEVICES);

    apply(engine, track("Product Added", NOON));

    var behaviour =
        io.marquetry.condition.Condition.parse(Visits.json(did)).behaviours().iterator().next();
    assertThat(visitor.memberships.keys()).containsExactly("~" + behaviour.id());
  }

  @Test
  void align_behaviourThatStays_isNotCountedTwice() {
    var pages = "{'$did':{'event':'page','count':{'$gte':3}}}";
    var before = engine("pages", pages);
    apply(before, page("/", NOON));
    apply(before, page("/", NOON + SECOND));

    engine("pages", pages, "more", "{'traits.plan':'x'}").align(visitor, NOON + MINUTE);

    assertThat(visitor.ever).containsValue(2L).hasSize(1);
    assertThat(visitor.memberships.keys()).isEmpty();
  }

  @Test
  void align_afterSleepingThroughTheWindow_endsMembership() {
    var engine =
        engine("hour", "{'$did':{'event':'page','within':'PT1H'}}", "here", "{'session.events':1}");
    apply(engine, page("/", NOON));
    var restored = ProfileState.read(visitor.id, ProfileState.write(visitor));
    restored.asleep = true;

    var change = engine.expire(restored, NOON + 45 * MINUTE);

    assertThat(change.left()).containsExactly("here");
    assertThat(restored.due).isEqualTo(NOON + 60 * MINUTE);
  }

  @Test
  void align_segmentIsGone_endsMembership() {
    apply(engine("a", "{'visits':1}", "b", "{'visits':1}"), page("/", NOON));

    assertThat(engine("b", "{'visits':1}").align(visitor, NOON).left()).containsExactly("a");
    assertThat(visitor.memberships.keys()).containsExactly("b");
  }

  @Test
  void apply_noCatalogueYet_forgetsNothing() {
    apply(engine("a", "{'$did':{'event':'page'}}"), page("/", NOON));
    var none = new SegmentEngine(SegmentPlan.NONE, TIMEOUT, Visits.DEVICES);

    assertThat(none.align(visitor, NOON).isNone()).isTrue();
    apply(none, page("/", NOON + SECOND));

    assertThat(visitor.memberships.keys()).containsExactly("a");
    assertThat(visitor.due).isEqualTo(Trail.NEVER);
  }

  @Test
  void apply_eventThatCannotBeRead_leavesTheProfileAlone() {
    var engine = engine("a", "{'$did':{'event':'page'}}");
    apply(engine, page("/", NOON));
    var before = ProfileState.write(visitor);
    var broken =
        new AbstractMap<String, Object>() {
          @Override
          public Set<Entry<String, Object>> entrySet() {
            throw new IllegalStateException("broken");
          }
        };
    var poison = Visits.event(EventType.PAGE, "page", NOON + SECOND, Map.of("properties", broken));

    assertThatThrownBy(() -> engine.apply(visitor, poison, NOON + SECOND))
        .isInstanceOf(IllegalStateException.class);
    assertThat(ProfileState.write(visitor)).isEqualTo(before);
  }

  @Test
  void apply_traits_lastWriterByTimeWins() {
    var engine = engine("gold", "{'traits.plan':'gold'}");
    apply(engine, identify(NOON + MINUTE, "{'plan':'gold'}"));

    engine.apply(visitor, identify(NOON, "{'plan':'basic'}"), NOON + MINUTE);

    assertThat(visitor.memberships.keys()).containsExactly("gold");
  }

  @Test
  void apply_userAgent_tellsTheDevice() {
    var engine = engine("mobile", "{'device.class':'mobile','device.os':'Own'}");

    apply(
        engine,
        Visits.event(
            EventType.PAGE,
            "page",
            NOON,
            Visits.json("{'context':{'userAgent':'phone','os':{'name':'Own'}}}")));

    assertThat(visitor.memberships.keys()).containsExactly("mobile");
  }

  @Test
  void apply_pageCallWithoutContext_isFoundByItsProperties() {
    var engine = engine("p", "{'$did':{'event':'page','where':{'context.page.path':'/x'}}}");

    apply(
        engine,
        Visits.event(EventType.PAGE, "page", NOON, Visits.json("{'properties':{'path':'/x'}}")));

    assertThat(visitor.memberships.keys()).containsExactly("p");
  }
}
