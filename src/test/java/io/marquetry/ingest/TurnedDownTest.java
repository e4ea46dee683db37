package io.marquetry.ingest;

import static io.marquetry.ingest.Beacons.page;
import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Define;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.DeadLetterMessage.DeadLetters;
import io.marquetry.bus.DeadLetterMessage.GetDeadLetters;
import io.marquetry.bus.DeadLetterMessage.Retried;
import io.marquetry.bus.DeadLetterMessage.RetryLetters;
import io.marquetry.bus.DeadLetterMessage.StoredLetter;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.bus.IngestMessage.Fault;
import io.marquetry.bus.IngestMessage.FoundEvents;
import io.marquetry.bus.IngestMessage.QueryEvents;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events held against their definitions, what is turned down, and taking that again. */
@Tag("postgres")
class TurnedDownTest {
  private static final String STRICT =
      "{'type':'object','required':['orderId'],'properties':{'total':{'type':'number'}}}";

  private final IngestRig rig = new IngestRig();
  private final Database database = TestPostgres.freshDatabase();
  private final Neighbours neighbours = new Neighbours(rig.vertx, 1);
  private final Beacons beacons = new Beacons();
  private long revision = 1;

  @BeforeEach
  void start() {
    rig.serveCatalogue();
    neighbours.start();
    var instances = Map.of("identity", 1, "segmentation", 1);
    var context = IngestRig.context("ingest", Map.of(), instances, database.connectOptions(), 0);
    await(rig.vertx.deployVerticle(new IngestVerticle(context)));
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /** Publishes a site that allows everything and these schemas. */
  private void define(Definition... schemas) {
    var all = new ArrayList<Definition>();
    var site = Map.<String, Object>of("identify", "trusted", "consentDefault", "granted");
    all.add(new Definition(Kind.SITE, "shop", 1, site));
    all.addAll(List.of(schemas));
    revision++;
    var catalogue = new Catalogue("v" + revision, revision, all, List.of());
    await(rig.bus.ask(Addresses.define("ingest").to(0), new Define(catalogue)));
  }

  private static Definition schema(String key, int version, Map<String, Object> more, String json) {
    var body = new java.util.HashMap<String, Object>(more);
    body.putIfAbsent("event", "Order Completed");
    body.putIfAbsent("target", "properties");
    body.put("schema", Json.readOwn(json.replace('\'', '"')));
    return new Definition(Kind.SCHEMA, key, version, body);
  }

  private static String order(String messageId, String properties) {
    return "{'type':'track','event':'Order Completed','anonymousId':'a','messageId':'%s','properties':%s}"
        .formatted(messageId, properties);
  }

  private Accepted send(String... calls) {
    return await(rig.bus.ask(Addresses.ACCEPT, beacons.accept(calls)));
  }

  private DeadLetters letters(GetDeadLetters asked) {
    return await(rig.bus.ask(Addresses.DEAD_LETTERS, asked));
  }

  private List<StoredLetter> letters() {
    return letters(new GetDeadLetters("shop", 100)).letters();
  }

  private Retried retry(@Nullable String reason, Long... ids) {
    return await(
        rig.bus.ask(Addresses.RETRY_LETTERS, new RetryLetters(List.of(ids), reason, null, 1_000)));
  }

  private FoundEvents events(@Nullable String name, @Nullable Long before, int limit) {
    var asked = new QueryEvents("shop", null, name, List.of(), null, before, limit);
    return await(rig.bus.ask(Addresses.QUERY_EVENTS, asked));
  }

  // ---- schemas

  @Test
  void schema_enforced_badEventGoesApartAndItsNeighboursDoNot() {
    define(schema("order", 1, Map.of("mode", "enforce"), STRICT));
    var accepted =
        send(page("a", "m1"), order("m2", "{'total':'12'}"), order("m3", "{'orderId':'o'}"));
    assertThat(accepted.verdicts())
        .containsExactly(Verdict.STORED, Verdict.REJECTED, Verdict.STORED);
    assertThat(accepted.faults()).extracting(Fault::index).containsExactly(1);
    assertThat(accepted.faults().getFirst().code()).isEqualTo("schema");
    assertThat(accepted.faults().getFirst().detail()).contains("order: ", "orderId", "total");
    assertThat(neighbours.applied()).containsExactly("m1", "m3");
    var letter = letters().getFirst().letter();
    assertThat(letter.reason()).isEqualTo("schema");
    assertThat(letter.stage()).isEqualTo("ingest");
    assertThat(letter.messageId()).isEqualTo("m2");
    assertThat(letter.payload()).contains("Order Completed");
  }

  @Test
  void schema_warning_isToldAndTheEventStored() {
    define(schema("order", 1, Map.of("mode", "warn"), STRICT));
    var accepted = send(order("m1", "{}"));
    assertThat(accepted.verdicts()).containsExactly(Verdict.STORED);
    assertThat(accepted.faults()).extracting(Fault::code).containsExactly("schema");
    assertThat(letters()).isEmpty();
  }

  @Test
  void schema_ofTheSite_goesBeforeTheOneForAll() {
    define(
        schema("all", 1, Map.of(), STRICT),
        schema("shop", 1, Map.of("site", "shop"), "{'required':['total']}"),
        schema("other", 1, Map.of("site", "shut"), "{'not':{}}"));
    assertThat(send(order("m1", "{'total':1}")).verdicts()).containsExactly(Verdict.STORED);
    assertThat(send(order("m2", "{'orderId':'o'}")).verdicts()).containsExactly(Verdict.REJECTED);
  }

  @Test
  void schema_ofTraitsAndWholeEvents_areReadThere() {
    define(
        schema("who", 1, Map.of("event", "identify", "target", "traits"), "{'required':['email']}"),
        schema(
            "page",
            1,
            Map.of("event", "page", "target", "event"),
            "{'properties':{'type':{'const':'page'},'context':{'required':['page']}},"
                + "'required':['context']}"));
    var identify = "{'type':'identify','userId':'u','messageId':'%s','traits':%s}";
    assertThat(
            send(identify.formatted("m1", "{}"), identify.formatted("m2", "{'email':'e'}"))
                .verdicts())
        .containsExactly(Verdict.REJECTED, Verdict.STORED);
    var view = "{'type':'page','anonymousId':'a','messageId':'%s','context':%s}";
    assertThat(
            send(view.formatted("m3", "{'page':{}}"), view.formatted("m4", "{'locale':'de'}"))
                .verdicts())
        .containsExactly(Verdict.STORED, Verdict.REJECTED);
  }

  @Test
  void schema_changedAndDeleted_holdsAtOnce() {
    define(schema("order", 1, Map.of(), STRICT));
    assertThat(send(order("m1", "{}")).verdicts()).containsExactly(Verdict.REJECTED);
    define(schema("order", 2, Map.of(), "{'required':['total']}"));
    assertThat(send(order("m2", "{'total':1}")).verdicts()).containsExactly(Verdict.STORED);
    define();
    assertThat(send(order("m3", "{}")).verdicts()).containsExactly(Verdict.STORED);
  }

  @Test
  void schema_withoutConsent_isNotEvenAsked() {
    define(schema("order", 1, Map.of(), STRICT));
    var site = Map.<String, Object>of("identify", "trusted", "consentDefault", "denied");
    revision++;
    var catalogue =
        new Catalogue(
            "v" + revision,
            revision,
            List.of(
                new Definition(Kind.SITE, "shop", 2, site), schema("order", 1, Map.of(), STRICT)),
            List.of());
    await(rig.bus.ask(Addresses.define("ingest").to(0), new Define(catalogue)));
    assertThat(send(order("m1", "{}")).verdicts()).containsExactly(Verdict.AGGREGATED);
    assertThat(letters()).isEmpty();
  }

  // ---- message ids

  @Test
  void messageId_withAnotherBody_goesApart() {
    assertThat(send(order("m1", "{'total':1}")).verdicts()).containsExactly(Verdict.STORED);
    var accepted = send(order("m1", "{'total':1}"), order("m1", "{'total':2}"), page("a", "m9"));
    assertThat(accepted.verdicts())
        .containsExactly(Verdict.DUPLICATE, Verdict.REJECTED, Verdict.STORED);
    assertThat(accepted.faults())
        .containsExactly(new Fault(1, MessageBodies.REASON, MessageBodies.DETAIL));
    var later = send(order("m1", "{'total':3}"), order("m1", "{'total':1}"), page("a", "m10"));
    assertThat(later.verdicts())
        .containsExactly(Verdict.REJECTED, Verdict.REJECTED, Verdict.STORED);
    assertThat(neighbours.applied()).containsExactly("m1", "m9", "m10");
    assertThat(letters())
        .extracting(one -> one.letter().reason() + " " + one.letter().payload())
        .allMatch(text -> text.startsWith("message_id_reuse {"))
        .hasSize(3);
  }

  @Test
  void messageId_ofAnEventFromBefore_isBelievedToBeTheSame() {
    TestPostgres.execute(database, beacons.sayingItIsKnown("m1"));
    assertThat(send(order("m1", "{}")).verdicts()).containsExactly(Verdict.DUPLICATE);
  }

  // ---- taking letters again

  @Test
  void retry_afterTheFix_countsOnceHoweverOften() {
    define(schema("order", 1, Map.of(), STRICT));
    send(order("m1", "{'total':1}"), order("m2", "{'total':'x'}"));
    assertThat(retry("schema").outcomes()).isEqualTo(Map.of("schema", 2L));
    assertThat(letters()).hasSize(2).allMatch(one -> one.attempts() == 1);

    define(schema("order", 2, Map.of(), "{'properties':{'total':{'type':'number'}}}"));
    assertThat(retry("schema").outcomes()).isEqualTo(Map.of("stored", 1L, "schema", 1L));
    assertThat(neighbours.applied()).containsExactly("m1");
    var ids = letters().stream().map(StoredLetter::id).toArray(Long[]::new);
    assertThat(retry(null, ids).outcomes()).isEqualTo(Map.of("schema", 1L));
    assertThat(neighbours.applied()).containsExactly("m1");

    var settled = letters().getLast();
    assertThat(settled.outcome()).isEqualTo("stored");
    assertThat(settled.retriedAt()).isEqualTo(IngestRig.NOW.toEpochMilli());
    assertThat(settled.letter().payload()).as("the log has it now").isEmpty();
    assertThat(letters().getFirst().letter().detail()).contains("total").doesNotContain("orderId");
  }

  @Test
  void retry_stoppedBeforeItWasNoted_countsOnce() {
    define(schema("order", 1, Map.of(), STRICT));
    send(order("m1", "{}"));
    define();
    retry("schema");
    TestPostgres.execute(
        database,
        "update dead_letter set outcome = '', payload = '%s', origin = '{\"trusted\":true}'"
            .formatted(order("m1", "{}").replace('\'', '"')));
    assertThat(retry("schema").outcomes()).isEqualTo(Map.of("duplicate", 1L));
    assertThat(neighbours.applied()).containsExactly("m1");
  }

  @Test
  void retry_callWithoutMessageId_countsOnce() {
    define(schema("order", 1, Map.of(), STRICT));
    send("{'type':'track','event':'Order Completed','anonymousId':'a'}");
    define();
    assertThat(retry("schema").outcomes()).isEqualTo(Map.of("stored", 1L));
    assertThat(retry("schema").tried()).isZero();
    assertThat(neighbours.applied()).hasSize(1);
  }

  @Test
  void retry_whatNeverWasAnEvent_staysWithItsReason() {
    send("{'type':'wink','anonymousId':'a','messageId':'m1'}");
    var first = letters().getFirst();
    assertThat(first.letter().reason()).isEqualTo("unknown_type");
    assertThat(retry(null, first.id()).outcomes()).isEqualTo(Map.of("unknown_type", 1L));
    assertThat(letters()).hasSize(1);
  }

  @Test
  void retry_afterConsentWasWithdrawn_keepsNothing() {
    define(schema("order", 1, Map.of(), STRICT));
    send(order("m1", "{}"));
    define();
    var device = new Ids(IngestRig.SECRET).device("shop", "a");
    await(
        neighbours.choose(
            new ConsentRecord(List.of(device), "shop", Purposes.NONE, 1, 1_000, "banner", true)));
    assertThat(retry("schema").outcomes()).isEqualTo(Map.of("counted", 1L));
    assertThat(letters().getFirst().letter().payload()).isEmpty();
    assertThat(neighbours.applied()).isEmpty();
  }

  @Test
  void retry_reusedMessageId_staysApart() {
    send(order("m1", "{'total':1}"));
    send(order("m1", "{'total':2}"));
    assertThat(retry("message_id_reuse").outcomes()).isEqualTo(Map.of("message_id_reuse", 1L));
    assertThat(letters()).hasSize(1);
    assertThat(neighbours.applied()).containsExactly("m1");
  }

  @Test
  void retry_manyLetters_goesPageByPage() {
    define(schema("order", 1, Map.of(), STRICT));
    var calls = new ArrayList<String>();
    for (int i = 0; i < 250; i++) {
      calls.add(order("m" + i, "{}"));
    }
    send(calls.toArray(String[]::new));
    define();
    var some =
        await(
            rig.bus.ask(
                Addresses.RETRY_LETTERS, new RetryLetters(List.of(), "schema", "shop", 120)));
    assertThat(some.tried()).isEqualTo(120);
    assertThat(some.more()).isTrue();
    assertThat(retry("schema").outcomes()).isEqualTo(Map.of("stored", 130L));
    assertThat(neighbours.applied()).hasSize(250);
  }

  @Test
  void retry_twoAtOnce_isAConflict() {
    define(schema("order", 1, Map.of(), STRICT));
    send(order("m1", "{}"));
    var one = rig.bus.ask(Addresses.RETRY_LETTERS, new RetryLetters(List.of(), "schema", null, 9));
    var two = rig.bus.ask(Addresses.RETRY_LETTERS, new RetryLetters(List.of(), "schema", null, 9));
    assertThatThrownBy(() -> await(Future.all(one, two)))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Refused.Reason.CONFLICT));
  }

  // ---- looking

  @Test
  void deadLetters_filtersPagesAndCounts() {
    define(schema("order", 1, Map.of(), STRICT));
    send(order("m1", "{}"), order("m2", "{}"), "{'type':'wink','anonymousId':'a'}");
    var all = letters(new GetDeadLetters(null, 10));
    assertThat(all.letters()).hasSize(3);
    assertThat(all.counts())
        .extracting(
            count ->
                count.stage() + " " + count.reason() + " " + count.count() + " " + count.open())
        .containsExactly("ingest schema 2 2", "ingest unknown_type 1 1");
    var page = letters(query("schema", null, null, 1));
    assertThat(page.letters()).extracting(one -> one.letter().messageId()).containsExactly("m2");
    var next = letters(query("schema", null, page.letters().getLast().id(), 1));
    assertThat(next.letters()).extracting(one -> one.letter().messageId()).containsExactly("m1");
    define();
    retry(null, next.letters().getFirst().id());
    assertThat(letters(query("schema", true, null, 9)).letters()).hasSize(1);
    assertThat(letters(query("schema", false, null, 9)).letters()).hasSize(1);
    assertThat(letters(query("schema", null, null, 9)).counts().getFirst().open()).isEqualTo(1);
    assertThat(letters(new GetDeadLetters("shut", 10)).letters()).isEmpty();
  }

  private static GetDeadLetters query(
      String reason, @Nullable Boolean open, @Nullable Long before, int limit) {
    return new GetDeadLetters("shop", "ingest", reason, null, 0L, null, open, before, limit);
  }

  @Test
  void events_newestFirst_byNameVisitorAndPage() {
    send(page("a", "m1"), order("m2", "{'total':1}"), page("b", "m3"));
    var orders = events("Order Completed", null, 10);
    assertThat(orders.events()).extracting(one -> one.event().messageId()).containsExactly("m2");
    assertThat(orders.next()).isNull();
    var first = events(null, null, 2);
    assertThat(first.events())
        .extracting(one -> one.event().messageId())
        .containsExactly("m3", "m2");
    assertThat(events(null, first.next(), 2).events())
        .extracting(one -> one.event().messageId())
        .containsExactly("m1");
    var visitor = new Ids(IngestRig.SECRET).device("shop", "b");
    var asked = new QueryEvents(null, EventType.PAGE, null, List.of(visitor), null, null, 10);
    assertThat(await(rig.bus.ask(Addresses.QUERY_EVENTS, asked)).events())
        .extracting(one -> one.event().messageId())
        .containsExactly("m3");
  }

  @Test
  void accept_nothing_isNothing() {
    assertThat(await(rig.bus.ask(Addresses.ACCEPT, new Accept(List.of(), List.of()))).faults())
        .isEmpty();
  }
}
