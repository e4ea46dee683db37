package io.marquetry.catalogue;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.CatalogueMessage.AuditTrail;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Conflict;
import io.marquetry.bus.CatalogueMessage.CreateKey;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.GetCatalogueAt;
import io.marquetry.bus.CatalogueMessage.GetHistory;
import io.marquetry.bus.CatalogueMessage.GetKeys;
import io.marquetry.bus.CatalogueMessage.History;
import io.marquetry.bus.CatalogueMessage.KeyCreated;
import io.marquetry.bus.CatalogueMessage.Keys;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.Put;
import io.marquetry.bus.CatalogueMessage.PutDone;
import io.marquetry.bus.CatalogueMessage.QueryAudit;
import io.marquetry.bus.CatalogueMessage.RevokeKey;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.catalogue.PgCatalogueStore.Overtaken;
import io.marquetry.catalogue.PgCatalogueStore.Stored;
import io.marquetry.catalogue.core.DefinitionRules;
import io.marquetry.catalogue.core.Definitions;
import io.marquetry.catalogue.core.Definitions.Latest;
import io.marquetry.catalogue.core.KeyRules;
import io.marquetry.catalogue.core.RuleConflicts;
import io.marquetry.catalogue.core.StoredKey;
import io.marquetry.kit.KeyHash;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.IdentityKeys;
import io.marquetry.platform.Pg;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns all definitions. One instance, started before every other component.
 *
 * <p>Changes are made one after the other, each against the state the one before left: checked,
 * stored with its audit entry in one transaction, handed to every component, published, answered.
 * Where the outcome of a transaction is not known the state is read anew before the next change.
 */
public final class CatalogueVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogueVerticle.class);
  private static final int MAX_WAITING = 200;
  private static final int MAX_TRAIL = 1_000;
  private static final int CONNECTIONS = 2;

  private final ComponentContext setup;
  private final CatalogueConfig config;
  private final SecureRandom random = new SecureRandom();
  private final Turns turns = new Turns(MAX_WAITING);
  private PgCatalogueStore store;
  private HandOver handOver;
  private Bus bus;
  private Stored stored = new Stored(0, Definitions.NONE, List.of());
  private Catalogue catalogue = new Catalogue("", -1, List.of(), List.of());
  private boolean unsure;

  /** Reads its settings; the rest waits for {@link #start}. */
  @SuppressWarnings("NullAway.Init") // what hangs on the Vertx is made in start
  public CatalogueVerticle(ComponentContext setup) {
    this.setup = setup;
    this.config = CatalogueConfig.read(setup.settings());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    handOver = new HandOver(bus, setup.topology(), config.patience());
    store = new PgCatalogueStore(Pg.pool(vertx, setup.database(), setup.component(), CONNECTIONS));
    return store
        .load()
        .compose(
            loaded ->
                store
                    .remember(loaded.definitions().contentVersion(), loaded.revision())
                    .compose(remembered -> serve(loaded)));
  }

  private Future<?> serve(Stored loaded) {
    take(loaded);
    return Future.all(
        List.of(
            bus.serve(Addresses.CATALOGUE, get -> Future.succeededFuture(catalogue)),
            bus.serve(Addresses.CATALOGUE_AT, this::at),
            bus.serve(Addresses.PUT_DEFINITION, put -> turn(() -> put(put))),
            bus.serve(Addresses.CREATE_KEY, create -> turn(() -> createKey(create))),
            bus.serve(Addresses.REVOKE_KEY, revoke -> turn(() -> revokeKey(revoke))),
            bus.serve(Addresses.KEYS, this::keys),
            bus.serve(Addresses.HISTORY, this::history),
            bus.serve(Addresses.AUDIT, this::audit),
            bus.serve(Addresses.AUDIT_TRAIL, this::trail),
            bus.serve(Addresses.ping(setup.component()).to(0), ping -> pong())));
  }

  @Override
  public Future<?> stop() {
    return bus.leave().eventually(() -> store.close());
  }

  private void take(Stored now) {
    stored = now;
    catalogue =
        new Catalogue(
            now.definitions().contentVersion(),
            now.revision(),
            now.definitions().list(),
            now.keys().stream().filter(StoredKey::live).map(StoredKey::writeKey).toList());
  }

  /** Waits for its turn, and for the state to be known. */
  private <T> Future<T> turn(Supplier<Future<T>> work) {
    return turns.take(() -> sure().compose(known -> work.get()));
  }

  private Future<Void> sure() {
    if (!unsure) {
      return Future.succeededFuture();
    }
    return store
        .load()
        .recover(failure -> Future.failedFuture(unavailable(failure)))
        .map(
            loaded -> {
              unsure = false;
              take(loaded);
              return null;
            });
  }

  private Future<PutDone> put(Put put) {
    var definitions = stored.definitions();
    int version = definitions.version(put.kind(), put.key());
    var before = definitions.body(put.kind(), put.key());
    requireBase(put, before == null ? 0 : version);
    var asked = put.body();
    if (asked == null) {
      DefinitionRules.checkDelete(definitions, catalogue.keys(), put.kind(), put.key());
    }
    var body =
        asked == null ? null : DefinitionRules.check(definitions, put.kind(), put.key(), asked);
    if (before != null && Definitions.same(before, body)) {
      return Future.succeededFuture(done(new Latest(put.kind(), put.key(), version, before)));
    }
    var latest = new Latest(put.kind(), put.key(), version + 1, body);
    var audit = new Audit(put.actor(), operation(put), put.key(), before, body);
    var changed = definitions.with(latest);
    return store
        .put(stored.revision(), latest, changed.contentVersion(), audit, setup.clock().instant())
        .compose(done -> publish(changed, stored.keys()), failure -> failed(failure))
        .map(published -> done(latest));
  }

  /** As the console calls it: {@code segments.put}, {@code holdout.put}. */
  private static String operation(Put put) {
    var noun = put.kind() == Kind.SETTING ? put.key() : put.kind().key() + "s";
    return noun + (put.body() == null ? ".delete" : ".put");
  }

  private static void requireBase(Put put, int version) {
    var basedOn = put.basedOn();
    if (basedOn != null && basedOn != version) {
      throw new Refused(
          Reason.CONFLICT,
          "version",
          "this was made from version %d, but the current one is %d".formatted(basedOn, version));
    }
  }

  private PutDone done(Latest latest) {
    var body = latest.body();
    var conflicts =
        latest.kind() == Kind.RULE
            ? RuleConflicts.of(stored.definitions(), latest.key())
            : List.<Conflict>of();
    return new PutDone(
        new Definition(
            latest.kind(), latest.key(), latest.version(), body == null ? Map.of() : body),
        stored.revision(),
        conflicts);
  }

  private Future<KeyCreated> createKey(CreateKey create) {
    KeyRules.check(stored.definitions(), stored.keys(), create);
    var id = UUID.randomUUID().toString();
    var key = create.key() == null ? newKey(create, id) : create.key();
    var hash = KeyHash.of(key);
    for (var existing : stored.keys()) {
      if (existing.live() && existing.hash().equals(hash)) {
        return existing.site().equals(create.site())
            ? Future.succeededFuture(new KeyCreated(existing.id(), key))
            : Future.failedFuture(new Refused(Reason.CONFLICT, "key", "another site has this key"));
      }
    }
    var now = setup.clock().instant();
    var added =
        new StoredKey(
            id, hash, create.site(), create.kind(), create.name(), now.toEpochMilli(), null);
    var keys = new ArrayList<>(stored.keys());
    keys.add(added);
    var audit = new Audit(create.actor(), "keys.create", added.id(), null, describe(added));
    return store
        .addKey(stored.revision(), added, audit, now)
        .compose(done -> publish(stored.definitions(), keys), failure -> failed(failure))
        .map(published -> new KeyCreated(added.id(), key));
  }

  private Future<Done> revokeKey(RevokeKey revoke) {
    var now = setup.clock().instant();
    var keys = new ArrayList<StoredKey>();
    StoredKey found = null;
    for (var key : stored.keys()) {
      boolean meant = key.id().equals(revoke.id());
      found = meant ? key : found;
      keys.add(meant && key.live() ? key.revoked(now.toEpochMilli()) : key);
    }
    if (found == null) {
      throw new Refused(Reason.NOT_FOUND, "id", "there is no key " + revoke.id());
    }
    if (!found.live()) {
      return Future.succeededFuture(Done.DONE);
    }
    var audit = new Audit(revoke.actor(), "keys.revoke", found.id(), describe(found), null);
    return store
        .revokeKey(stored.revision(), found.id(), audit, now)
        .compose(done -> publish(stored.definitions(), keys), failure -> failed(failure))
        .map(Done.DONE);
  }

  private static Map<String, Object> describe(StoredKey key) {
    return Map.of("site", key.site(), "kind", key.kind(), "name", key.name());
  }

  private String newKey(CreateKey create, String id) {
    if (create.kind().equals(IdentityKeys.KIND)) {
      return new IdentityKeys(setup.secrets().cookies()).secret(create.site(), id);
    }
    var bytes = new byte[16];
    random.nextBytes(bytes);
    return (create.kind().equals("write") ? "wk_" : "sk_") + HexFormat.of().formatHex(bytes);
  }

  private Future<Void> publish(Definitions definitions, List<StoredKey> keys) {
    take(new Stored(stored.revision() + 1, definitions, List.copyOf(keys)));
    return handOver.deliver(catalogue);
  }

  /** The transaction may or may not have happened: look before the next change. */
  private <T> Future<T> failed(Throwable failure) {
    unsure = true;
    return Future.failedFuture(
        failure instanceof Overtaken overtaken
            ? new Refused(Reason.CONFLICT, String.valueOf(overtaken.getMessage()))
            : unavailable(failure));
  }

  private static Refused unavailable(Throwable failure) {
    LOG.error("the catalogue cannot be reached", failure);
    return new Refused(Reason.UNAVAILABLE, "the catalogue cannot be reached now; try again");
  }

  private Future<Catalogue> at(GetCatalogueAt asked) {
    return store
        .at(asked.version())
        .map(
            then -> {
              if (!then.contentVersion().equals(asked.version())) {
                throw new Refused(
                    Reason.NOT_FOUND, "definitions", "what was defined then is not known any more");
              }
              return new Catalogue(asked.version(), -1, then.list(), List.of());
            });
  }

  private Future<Keys> keys(GetKeys query) {
    return Future.succeededFuture(
        new Keys(
            stored.keys().stream()
                .filter(key -> query.site() == null || key.site().equals(query.site()))
                .map(StoredKey::view)
                .toList()));
  }

  private Future<History> history(GetHistory query) {
    return store.history(query.kind(), query.key()).map(History::new);
  }

  private Future<Done> audit(Audit audit) {
    return store.audit(audit, setup.clock().instant()).map(Done.DONE);
  }

  private Future<AuditTrail> trail(QueryAudit query) {
    int limit = Math.clamp(query.limit(), 1, MAX_TRAIL);
    var bounded =
        new QueryAudit(
            query.actor(), query.operation(), query.target(), query.from(), query.to(), limit);
    return store.trail(bounded).map(AuditTrail::new);
  }

  private Future<Pong> pong() {
    var behind = handOver.behind();
    var state = behind.isEmpty() ? "ready" : "degraded: not confirmed by " + behind;
    return Future.succeededFuture(new Pong(setup.component(), 0, state, 0));
  }
}
