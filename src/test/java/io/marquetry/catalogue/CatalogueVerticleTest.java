package io.marquetry.catalogue;

import static io.marquetry.catalogue.CatalogueRig.await;
import static io.marquetry.catalogue.CatalogueRig.awaitAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.CatalogueMessage.AuditEntry;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.CreateKey;
import io.marquetry.bus.CatalogueMessage.GetCatalogue;
import io.marquetry.bus.CatalogueMessage.GetCatalogueAt;
import io.marquetry.bus.CatalogueMessage.GetHistory;
import io.marquetry.bus.CatalogueMessage.GetKeys;
import io.marquetry.bus.CatalogueMessage.KeyCreated;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.Past;
import io.marquetry.bus.CatalogueMessage.Put;
import io.marquetry.bus.CatalogueMessage.PutDone;
import io.marquetry.bus.CatalogueMessage.QueryAudit;
import io.marquetry.bus.CatalogueMessage.RevokeKey;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.kit.KeyHash;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogueVerticleTest {
  private final CatalogueRig rig =
      new CatalogueRig(TestPostgres.freshDatabase(), InstantSource.system());

  @AfterEach
  void close() {
    rig.close();
  }

  private Future<PutDone> put(String key, String name) {
    return rig.bus.ask(
        Addresses.PUT_DEFINITION,
        new Put(Kind.SITE, key, Map.of("key", key, "name", name), "tester"));
  }

  private Future<PutDone> delete(String key) {
    return rig.bus.ask(Addresses.PUT_DEFINITION, new Put(Kind.SITE, key, null, "tester"));
  }

  private Catalogue catalogue() {
    return await(rig.bus.ask(Addresses.CATALOGUE, new GetCatalogue()));
  }

  private static void assertRefused(Future<?> future, Reason reason) {
    assertThatThrownBy(() -> await(future))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::reason)
        .isEqualTo(reason);
  }

  @Test
  void put_newDefinition_isEffectiveEverywhereBeforeItIsAnswered() {
    var handed = Collections.synchronizedList(new ArrayList<String>());
    var slow = Promise.<Done>promise();
    await(
        rig.bus.serve(
            Addresses.define("segmentation").to(0),
            define -> {
              handed.add("segmentation 0");
              return Future.succeededFuture(Done.DONE);
            }));
    await(
        rig.bus.serve(
            Addresses.define("segmentation").to(1),
            define -> {
              handed.add("segmentation 1");
              return slow.future();
            }));
    var published = Promise.<Catalogue>promise();
    await(rig.bus.on(Addresses.PUBLISHED, published::complete));
    rig.catalogue(Map.of(), Map.of("segmentation", 2));

    var put = put("a", "A");
    // while one instance has not confirmed, reading goes on and shows the stored state
    while (catalogue().definitions().isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(put.isComplete()).isFalse();
    assertThat(published.future().isComplete()).isFalse();
    slow.complete(Done.DONE);

    assertThat(await(put).revision()).isEqualTo(1);
    assertThat(await(published.future())).isEqualTo(catalogue());
    assertThat(handed).containsExactlyInAnyOrder("segmentation 0", "segmentation 1");
  }

  @Test
  void put_manyAtOnce_areMadeOneAfterTheOther() {
    rig.catalogue(Map.of(), Map.of());
    var puts = IntStream.range(0, 40).mapToObj(i -> put("a", "name " + i)).toList();

    var done = awaitAll(puts);

    assertThat(done.stream().map(one -> one.definition().version()))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 40).boxed().toList());
    assertThat(done.stream().map(PutDone::revision)).isSorted().doesNotHaveDuplicates();
    var history = await(rig.bus.ask(Addresses.HISTORY, new GetHistory(Kind.SITE, "a")));
    assertThat(history.versions()).hasSize(40);
    assertThat(history.versions().getFirst().body()).containsEntry("name", "name 39");
  }

  @Test
  void put_nothingNew_answersTheStoredVersionAndNotesNothing() {
    rig.catalogue(Map.of(), Map.of());
    var first = await(put("a", "A"));
    var again = await(put("a", "A"));
    assertThat(again).isEqualTo(first);
    assertThat(trail()).hasSize(1);
  }

  @Test
  void put_madeFromAnOlderVersion_isAConflict() {
    rig.catalogue(Map.of(), Map.of());
    var unused = awaitAll(List.of(put("a", "A"), put("a", "B")));
    var body = Map.<String, Object>of("key", "a", "name", "C");
    assertRefused(
        rig.bus.ask(Addresses.PUT_DEFINITION, new Put(Kind.SITE, "a", body, "x", 1)),
        Reason.CONFLICT);
    var done = await(rig.bus.ask(Addresses.PUT_DEFINITION, new Put(Kind.SITE, "a", body, "x", 2)));
    assertThat(done.definition().version()).isEqualTo(3);
  }

  @Test
  void put_refused_changesNothing() {
    rig.catalogue(Map.of(), Map.of());
    var before = catalogue();
    assertRefused(
        rig.bus.ask(Addresses.PUT_DEFINITION, new Put(Kind.SITE, "a", Map.of("key", "b"), "x")),
        Reason.INVALID);
    assertThat(catalogue()).isEqualTo(before);
    assertThat(trail()).isEmpty();
  }

  @Test
  void put_componentThatNeverConfirms_isAnsweredAfterPatienceAndNamed() {
    await(
        rig.bus.serve(
            Addresses.define("decisioning").to(0), define -> Promise.<Done>promise().future()));
    rig.catalogue(Map.of("patience", "PT0.1S"), Map.of("decisioning", 1));
    assertThat(await(put("a", "A")).revision()).isEqualTo(1);
    var pong = await(rig.bus.ask(Addresses.ping("catalogue").to(0), new Ping()));
    assertThat(pong.state()).startsWith("degraded: not confirmed by [decisioning 0: ");
  }

  @Test
  void delete_thenPutAgain_countsOnAndKeepsTheHistory() {
    rig.catalogue(Map.of(), Map.of());
    await(put("a", "A"));
    assertThat(await(delete("a")).definition().version()).isEqualTo(2);
    assertThat(catalogue().definitions()).isEmpty();
    assertRefused(delete("a"), Reason.NOT_FOUND);
    assertThat(await(put("a", "A")).definition().version()).isEqualTo(3);
    var history = await(rig.bus.ask(Addresses.HISTORY, new GetHistory(Kind.SITE, "a")));
    assertThat(history.versions().stream().map(Past::deleted)).containsExactly(false, true, false);
  }

  @Test
  void restart_everythingStored_isThereAgain() {
    var deployment = rig.catalogue(Map.of(), Map.of());
    await(put("a", "A"));
    await(put("b", "B"));
    await(delete("b"));
    var key = await(createKey("a", "server", null));
    var before = catalogue();
    await(rig.vertx.undeploy(deployment));

    rig.catalogue(Map.of(), Map.of());

    assertThat(catalogue()).isEqualTo(before);
    assertThat(catalogue().revision()).isEqualTo(4);
    assertThat(catalogue().keys())
        .containsExactly(new WriteKey(KeyHash.of(key.key()), "a", "server"));
    assertThat(await(put("b", "B")).definition().version()).isEqualTo(3);
  }

  private Future<KeyCreated> createKey(String site, String kind, @Nullable String key) {
    return rig.bus.ask(
        Addresses.CREATE_KEY, new CreateKey(site, kind, "for a test", key, "tester"));
  }

  @Test
  void createKey_madeUp_isRandomAndOnlyItsHashIsKept() {
    rig.catalogue(Map.of(), Map.of());
    await(put("a", "A"));
    var write = await(createKey("a", "write", null));
    var server = await(createKey("a", "server", null));
    assertThat(write.key()).matches("wk_[0-9a-f]{32}");
    assertThat(server.key()).matches("sk_[0-9a-f]{32}");
    assertThat(trail().toString()).doesNotContain(write.key()).doesNotContain(server.key());
  }

  @Test
  void createKey_knownOne_existsOnceAndOnlyForWriting() {
    rig.catalogue(Map.of(), Map.of());
    var unused = awaitAll(List.of(put("a", "A"), put("b", "B")));
    var first = await(createKey("a", "write", "demo"));
    assertThat(await(createKey("a", "write", "demo"))).isEqualTo(first);
    assertRefused(createKey("b", "write", "demo"), Reason.CONFLICT);
    assertRefused(createKey("a", "server", "demo2"), Reason.INVALID);
    assertRefused(createKey("gone", "write", null), Reason.INVALID);
  }

  @Test
  void createKey_identity_isASecretThatIsNowhereStored() {
    rig.catalogue(Map.of(), Map.of());
    await(put("a", "A"));
    var first = await(createKey("a", "identity", null));
    var second = await(createKey("a", "identity", null));
    assertThat(first.key()).startsWith("ik_").hasSize(46).isNotEqualTo(second.key());
    assertThat(catalogue().keys())
        .containsExactlyInAnyOrder(
            new WriteKey(first.id(), "a", "identity"), new WriteKey(second.id(), "a", "identity"));
    assertThat(trail().toString()).doesNotContain(first.key());
    assertRefused(createKey("a", "identity", "chosen"), Reason.INVALID);
    var unused =
        awaitAll(List.of(createKey("a", "identity", null), createKey("a", "identity", null)));
    assertRefused(createKey("a", "identity", null), Reason.CONFLICT);
    await(rig.bus.ask(Addresses.REVOKE_KEY, new RevokeKey(first.id(), "tester")));
    assertThat(await(createKey("a", "identity", null)).key()).isNotEqualTo(first.key());
  }

  @Test
  void revokeKey_liveOne_isGoneFromTheCatalogueAtOnce() {
    rig.catalogue(Map.of(), Map.of());
    await(put("a", "A"));
    var key = await(createKey("a", "write", null));
    await(rig.bus.ask(Addresses.REVOKE_KEY, new RevokeKey(key.id(), "tester")));
    assertThat(catalogue().keys()).isEmpty();
    var views = await(rig.bus.ask(Addresses.KEYS, new GetKeys("a"))).keys();
    assertThat(views).singleElement().matches(view -> view.revokedAt() != null);
    assertRefused(
        rig.bus.ask(Addresses.REVOKE_KEY, new RevokeKey("no such", "tester")), Reason.NOT_FOUND);
  }

  @Test
  void trail_changes_areThereWithBeforeAndAfter() {
    rig.catalogue(Map.of(), Map.of());
    await(put("a", "A"));
    await(put("a", "B"));
    await(rig.bus.ask(Addresses.AUDIT, new Audit("somebody", "users.put", "x", null, Map.of())));
    assertThat(trail().stream().map(Audit::operation))
        .containsExactly("users.put", "sites.put", "sites.put");
    var change = trail().get(1);
    assertThat(change.actor()).isEqualTo("tester");
    assertThat(change.before()).containsEntry("name", "A");
    assertThat(change.after()).containsEntry("name", "B");
    var query = new QueryAudit("somebody", null, null, 0L, Long.MAX_VALUE / 1_000_000, 10);
    assertThat(await(rig.bus.ask(Addresses.AUDIT_TRAIL, query)).entries()).hasSize(1);
  }

  private List<Audit> trail() {
    var query = new QueryAudit(null, null, null, null, null, 100);
    return await(rig.bus.ask(Addresses.AUDIT_TRAIL, query)).entries().stream()
        .map(AuditEntry::audit)
        .toList();
  }

  @Test
  void put_somebodyElseWroteInBetween_isAConflictOnce() {
    rig.catalogue(Map.of(), Map.of());
    await(put("a", "A"));
    TestPostgres.execute(rig.database, "update catalogue_revision set revision = revision + 1");
    assertRefused(put("a", "B"), Reason.CONFLICT);
    assertThat(await(put("a", "B")).revision()).isEqualTo(3);
  }

  @Test
  void put_databaseFails_isUnavailableUntilItRecovers() {
    rig.catalogue(Map.of(), Map.of());
    await(put("a", "A"));
    TestPostgres.execute(rig.database, "alter table audit rename to away");
    assertRefused(put("a", "B"), Reason.UNAVAILABLE);
    assertThat(catalogue().revision()).isEqualTo(1);
    TestPostgres.execute(rig.database, "alter table away rename to audit");
    var done = await(put("a", "B"));
    assertThat(done.definition().version()).isEqualTo(2);
  }

  private Catalogue at(String version) {
    return await(rig.bus.ask(Addresses.CATALOGUE_AT, new GetCatalogueAt(version)));
  }

  @Test
  void at_contentVersion_givesWhatWasDefinedThen() {
    var undeploy = rig.catalogue(Map.of(), Map.of());
    await(put("a", "one"));
    var first = await(rig.bus.ask(Addresses.CATALOGUE, new GetCatalogue()));
    await(put("a", "two"));
    await(put("b", "new"));
    await(delete("a"));
    await(rig.vertx.undeploy(undeploy));
    rig.catalogue(Map.of(), Map.of());
    var then = at(first.version());
    assertThat(then.version()).isEqualTo(first.version());
    assertThat(then.definitions()).isEqualTo(first.definitions());
    var now = await(rig.bus.ask(Addresses.CATALOGUE, new GetCatalogue()));
    assertThat(at(now.version()).definitions()).isEqualTo(now.definitions());
    assertThatThrownBy(() -> at("0123456789abcdef"))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::reason)
        .isEqualTo(Reason.NOT_FOUND);
  }
}
