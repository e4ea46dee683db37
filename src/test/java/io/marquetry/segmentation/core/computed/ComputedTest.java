package io.marquetry.segmentation.core.computed;

import static io.marquetry.segmentation.core.Visits.MINUTE;
import static io.marquetry.segmentation.core.Visits.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.condition.FieldPath;
import io.marquetry.platform.Json;
import io.marquetry.segmentation.core.Visits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each attribute against values worked out by hand. */
class ComputedTest {
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** With this phase, steps of all lengths begin at noon. */
  private static final long PHASE = NOON;

  private final Computed computed = new Computed();

  private static Event page(String context, long at) {
    return Visits.event(
        EventType.PAGE, "page", at, Visits.json("{'context':{'page':" + context + "}}"));
  }

  private static Event viewed(String category, long at) {
    return Visits.track("Product Viewed", at, "{'category':'" + category + "'}");
  }

  private @Nullable Object value(String path, long now) {
    return computed.field(FieldPath.of("attributes." + path), now, PHASE);
  }

  // ---- category affinity

  @Test
  void category_looks_areAQuarterAHalfAndNeverAll() {
    assertThat(value("affinity.category.shoes", NOON)).isNull();
    computed.take(viewed("Shoes", NOON), null);
    assertThat(value("affinity.category.shoes", NOON)).isEqualTo(0.25);
    computed.take(viewed("Shoes", NOON), null); // of the same batch
    computed.take(viewed("shoes", NOON + 2), null);
    assertThat(value("affinity.category.shoes", NOON + 2)).isEqualTo(0.5);
    for (int i = 0; i < 100; i++) {
      computed.take(viewed("shoes", NOON + 3 + i), null);
    }
    assertThat(value("affinity.category.shoes", NOON + 200)).isEqualTo(0.9412); // 48 of 51
    assertThat(value("affinity.category", NOON + 200)).isEqualTo(Map.of("shoes", 0.9412));
  }

  @Test
  void category_time_halvesWhatSpeaksForItEverySevenDays() {
    for (int i = 0; i < 3; i++) {
      computed.take(viewed("shoes", NOON - i), null);
    }
    assertThat(value("affinity.category.shoes", NOON)).isEqualTo(0.5);
    assertThat(value("affinity.category.shoes", NOON + 3 * HOUR - 1)).isEqualTo(0.5);
    assertThat(value("affinity.category.shoes", NOON + 3 * HOUR)).isEqualTo(0.4969);
    assertThat(value("affinity.category.shoes", NOON + 7 * DAY)).isEqualTo(0.3333); // 1.5 of 4.5
    assertThat(value("affinity.category.shoes", NOON + 14 * DAY)).isEqualTo(0.2);
    assertThat(value("affinity.category.shoes", NOON + 70 * DAY)).isNull();
    assertThat(value("topCategory", NOON + 14 * DAY)).isEqualTo("shoes");
    assertThat(value("topCategory", NOON + 70 * DAY)).isNull();
    assertThat(value("affinity", NOON + 70 * DAY)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Product Viewed           | {'category':'shoes'}                                   | 0.25",
        "Product List Viewed      | {'category':'shoes'}                                   | 0.25",
        "Product Added to Wishlist| {'category':'shoes'}                                   | 0.4",
        "Product Added            | {'category':'shoes'}                                   | 0.5",
        "Order Completed          | {'products':[{'category':'Shoes'},{'category':'shoes'}]}| 0.625",
        "Order Completed          | {'products':'many'}                                    |",
        "Order Completed          | {'products':[7,null,{'category':{}}]}                  |",
        "Article Read             | {'category':'shoes'}                                   |",
        "Product Viewed           | {'category':['shoes']}                                 |",
        "Product Viewed           | {'category':'  '}                                      |",
      })
  void category_deeds_weighByTheirEffort(String event, String properties, @Nullable Double value) {
    computed.take(Visits.track(event, NOON, properties), null);
    assertThat(value("affinity.category.shoes", NOON)).isEqualTo(value);
  }

  @Test
  void category_pageView_countsByWhatIsToldOfThePage() {
    computed.take(page("{'path':'/x','category':'Running Shoes & Boots!'}", NOON), null);
    assertThat(value("affinity.category", NOON)).isEqualTo(Map.of("running-shoes-boots", 0.25));
    computed.take(Visits.track("Product Viewed", NOON, "{'category':965809}"), null);
    assertThat(value("affinity.category.965809", NOON)).isEqualTo(0.25);
  }

  @Test
  void category_names_areStepsOfAPath() {
    assertThat(Deed.key("furniture.living_room.sofa")).isEqualTo("furniture-living_room-sofa");
    assertThat(Deed.key(" A > B/C ")).isEqualTo("a-b-c");
    assertThat(Deed.key("Größe 42")).isEqualTo("größe-42");
    assertThat(Deed.key("--")).isEmpty();
    assertThat(Deed.key("x".repeat(500))).hasSize(64);
    assertThat(Deed.key(null)).isEmpty();
    assertThat(Deed.key(List.of("a"))).isEmpty();
  }

  // ---- topics

  @Test
  void topic_seenAndDone_addUp() {
    computed.take(page("{'topic':'Enterprise'}", NOON), null);
    assertThat(value("affinity.topic.enterprise", NOON)).isEqualTo(0.25);
    computed.take(Visits.track("Whitepaper Read", NOON, "{'topic':['enterprise','sso']}"), null);
    assertThat(value("affinity.topic.enterprise", NOON)).isEqualTo(0.5);
    assertThat(value("affinity.topic.sso", NOON)).isEqualTo(0.4);
    assertThat(value("topTopic", NOON)).isEqualTo("enterprise");
    assertThat(value("affinity.topic.enterprise", NOON + 14 * DAY)).isEqualTo(0.3333);
    assertThat(value("affinity.category.enterprise", NOON)).isNull();
  }

  // ---- price

  @Test
  void price_coupons_speakForIt() {
    assertThat(value("priceSensitivity", NOON)).isNull();
    computed.take(Visits.track("Coupon Applied", NOON, "{}"), null);
    assertThat(value("priceSensitivity", NOON)).isEqualTo(0.5); // 2 of 2 + 2
    computed.take(Visits.track("Order Completed", NOON, "{'discount':5}"), null);
    assertThat(value("priceSensitivity", NOON)).isEqualTo(0.75); // 6 of 8
    computed.take(Visits.track("Order Completed", NOON + 1, "{'total':9}"), null);
    assertThat(value("priceSensitivity", NOON)).isEqualTo(0.5); // 6 of 12
    assertThat(value("priceSensitivity", NOON + 30 * DAY)).isEqualTo(0.4286); // 3 of 7
  }

  @Test
  void price_listsAndPages_speakForItToo() {
    var cheapFirst = "{'sorts':[{'type':'price','value':'asc'}]}";
    computed.take(Visits.track("Product List Filtered", NOON, cheapFirst), null);
    assertThat(value("priceSensitivity", NOON)).isEqualTo(0.3333);
    computed.take(page("{'class':'Sale'}", NOON), null);
    computed.take(page("{'topic':'offers'}", NOON + 1), null);
    assertThat(value("priceSensitivity", NOON)).isEqualTo(0.5);
    var dearFirst = "{'sorts':[{'type':'price','value':'desc'}],'filters':'price'}";
    assertThat(computed.take(Visits.track("Product List Filtered", NOON, dearFirst), null))
        .isEmpty();
  }

  @Test
  void price_fullPriceAlone_isNoSensitivity() {
    computed.take(Visits.track("Product Added", NOON, "{}"), null);
    assertThat(value("priceSensitivity", NOON)).isNull();
    computed.take(Visits.track("Product Added", NOON, "{'coupon':'MAY'}"), null);
    assertThat(value("priceSensitivity", NOON)).isEqualTo(0.4444); // 2 of 4.5
  }

  // ---- channels

  @Test
  void channel_comingAndClicking_makesThePreference() {
    computed.take(page("{}", NOON), "search");
    computed.take(page("{}", NOON + MINUTE), "search");
    assertThat(value("channelPreference", NOON)).isEqualTo("search");
    assertThat(value("channels.search", NOON)).isEqualTo(1.0);
    computed.take(Visits.track("Email Link Clicked", NOON, "{}"), null);
    assertThat(value("channelPreference", NOON)).isEqualTo("email");
    assertThat(value("channels", NOON)).isEqualTo(Map.of("email", 0.6, "search", 0.4));
    computed.take(Visits.track("Unsubscribed", NOON + 1, "{}"), null);
    assertThat(value("channelPreference", NOON + 1)).isEqualTo("search");
    assertThat(value("channels.email", NOON + 1)).isNull();
  }

  @Test
  void channel_directOrWeak_isNoPreference() {
    computed.take(page("{}", NOON), "direct");
    assertThat(value("channelPreference", NOON)).isNull();
    computed.take(Visits.track("Email Opened", NOON, "{}"), null);
    assertThat(value("channelPreference", NOON)).isEqualTo("email");
    assertThat(value("channelPreference", NOON + DAY)).as("below 1").isNull();
    assertThat(value("channels.email", NOON + DAY)).isEqualTo(1.0);
  }

  // ---- all of them

  @Test
  void field_unknownOrTooDeep_isNull() {
    computed.take(viewed("shoes", NOON), null);
    for (var path :
        List.of(
            "affinity.brand.shoes",
            "affinity.category.shoes.more",
            "affinity.category.boots",
            "topCategory.shoes",
            "priceSensitivity.x",
            "channels.email",
            "recentlyViewed")) {
      assertThat(value(path, NOON)).as(path).isNull();
    }
  }

  @Test
  void evidence_attribute_namesTheThreeSignalsThatWeighMost() {
    computed.take(viewed("shoes", NOON - 7 * DAY), null);
    computed.take(viewed("shoes", NOON - 2 * DAY), null);
    computed.take(viewed("shoes", NOON), null);
    computed.take(Visits.track("Product Added", NOON - 7 * DAY, "{'category':'shoes'}"), null);
    var evidence = computed.evidence(NOON, PHASE);
    assertThat(evidence).containsOnlyKeys("affinity.category.shoes");
    assertThat(evidence.get("affinity.category.shoes"))
        .isEqualTo(
            Map.of(
                "value",
                value("affinity.category.shoes", NOON),
                "halfLifeDays",
                7L,
                "because",
                List.of(
                    reason("Product Added", "2026-02-23T12:00:00Z", 1.5),
                    reason("Product Viewed", "2026-03-02T12:00:00Z", 1),
                    reason("Product Viewed", "2026-02-28T12:00:00Z", 0.8203))));
  }

  private static Map<String, Object> reason(String event, String at, double weight) {
    return Map.of("event", event, "at", at, "for", "shoes", "weight", weight);
  }

  @Test
  void nextMove_step_isTheBeginningOfTheNextOne() {
    var read = java.util.Set.of("affinity");
    assertThat(computed.nextMove(read, NOON, PHASE)).isEqualTo(Long.MAX_VALUE);
    computed.take(viewed("shoes", NOON), null);
    assertThat(computed.nextMove(read, NOON, PHASE)).isEqualTo(NOON + 3 * HOUR);
    assertThat(computed.nextMove(read, NOON, PHASE + 7)).isEqualTo(NOON + 7);
    assertThat(computed.nextMove(java.util.Set.of("channels"), NOON, PHASE))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(computed.nextMove(read, NOON + 70 * DAY - 1, PHASE)).isEqualTo(NOON + 70 * DAY);
    assertThat(computed.nextMove(read, NOON + 70 * DAY, PHASE)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void take_anyOrderAnySplit_comesToTheSame() {
    var random = new Random(5);
    for (int round = 0; round < 300; round++) {
      var events = events(random, 10 + random.nextInt(150));
      var expected = fold(events);
      Collections.shuffle(events, random);
      assertThat(fold(events).toJson()).isEqualTo(expected.toJson());
      int cut = random.nextInt(events.size());
      var one = fold(events.subList(0, cut));
      one.absorb(fold(events.subList(cut, events.size())));
      assertThat(one.toJson()).isEqualTo(expected.toJson());
      assertThat(one.values(NOON + DAY, 3)).isEqualTo(expected.values(NOON + DAY, 3));
    }
  }

  @Test
  void toJson_stored_isReadAsItWas() {
    var random = new Random(6);
    var before = fold(events(random, 100));
    var after = new Computed();
    after.restore(Json.readOwn(Json.write(before.toJson())));
    assertThat(after.toJson()).isEqualTo(before.toJson());
    assertThat(after.evidence(NOON, 0)).isEqualTo(before.evidence(NOON, 0));
  }

  private static Computed fold(List<Event> events) {
    var computed = new Computed();
    events.forEach(event -> computed.take(event, "search"));
    return computed;
  }

  private static List<Event> events(Random random, int size) {
    var names = List.of("Product Viewed", "Product Added", "Order Completed", "Coupon Applied");
    var events = new ArrayList<Event>();
    for (int i = 0; i < size; i++) {
      long at = NOON - random.nextInt(200) * HOUR / 7;
      var properties =
          "{'category':'c%d','topic':'t%d'}".formatted(random.nextInt(60), random.nextInt(5));
      events.add(
          random.nextInt(5) == 0
              ? page("{'topic':'t1'}", at)
              : Visits.track(names.get(random.nextInt(4)), at, properties));
    }
    return events;
  }
}
