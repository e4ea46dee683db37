package io.marquetry.consent;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Ask;
import io.marquetry.bus.Bus;
import io.marquetry.bus.ConsentMessage.Confirmation;
import io.marquetry.bus.ConsentMessage.ConsentSet;
import io.marquetry.bus.ConsentMessage.Reconcile;
import io.marquetry.bus.ConsentMessage.SetConsent;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.Purposes;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.bus.SystemMessage.Done;
import io.marquetry.consent.Journal.Stored;
import io.marquetry.consent.core.ConsentLedger;
import io.marquetry.consent.core.Draft.Choice;
import io.marquetry.consent.core.Draft.Outcome;
import io.marquetry.kit.Id128;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Ticks;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes changes of consent from who they concern to everybody's confirmation. */
final class Changes {
  private static final Ask<GetIdentifiers, Identifiers> IDENTIFIERS =
      new Ask<>(
          Addresses.IDENTIFIERS.address(),
          GetIdentifiers.class,
          Identifiers.class,
          Duration.ofSeconds(1));

  private final Bus bus;
  private final ConsentLedger ledger;
  private final Journal journal;
  private final InstantSource clock;
  private final Ticks ticks;
  private final Function<String, Purposes> defaults;

  /**
   * @param defaults what a site says of visitors who made no choice
   */
  Changes(
      Bus bus,
      ConsentLedger ledger,
      Journal journal,
      ComponentContext component,
      Function<String, Purposes> defaults) {
    this.bus = bus;
    this.ledger = ledger;
    this.journal = journal;
    this.clock = component.clock();
    this.ticks = component.ticks();
    this.defaults = defaults;
  }

  /** Records a choice; completes when every component confirmed or its deadline passed. */
  Future<ConsentSet> set(SetConsent asked) {
    long accepted = ticks.nanos();
    long asOf = ledger.version();
    return identifiers(given(asked.user(), asked.device()))
        .compose(keys -> journal.submit(draft -> draft.choose(choice(asked, keys, asOf))))
        .compose(stored -> confirm(stored, accepted));
  }

  private Choice choice(SetConsent asked, List<Id128> keys, long asOf) {
    var madeAt = asked.madeAt();
    long now = clock.millis();
    return new Choice(
        asked.site(),
        keys,
        asOf,
        asked.choices(),
        defaults.apply(asked.site()),
        asked.source(),
        asked.explicit(),
        madeAt == null ? now : Math.min(madeAt, now),
        madeAt != null);
  }

  /** The person first: a device may be somebody else's by now. */
  static List<Id128> given(@Nullable Id128 user, @Nullable Id128 device) {
    var given = new ArrayList<Id128>(2);
    if (user != null) {
      given.add(user);
    }
    if (device != null) {
      given.add(device);
    }
    if (given.isEmpty()) {
      throw new Refused(Reason.INVALID, "consent is somebody's: a device or a user is needed");
    }
    return given;
  }

  /** Without identity a choice holds for the identifiers it came with. */
  private Future<List<Id128>> identifiers(List<Id128> given) {
    return bus.ask(IDENTIFIERS, new GetIdentifiers(given)).map(Identifiers::keys).otherwise(given);
  }

  private Future<ConsentSet> confirm(Stored stored, long accepted) {
    return switch (stored.outcome()) {
      case Outcome.Unchanged(var state) ->
          Future.succeededFuture(
              new ConsentSet(
                  state.purposes(),
                  state.version(),
                  List.of(),
                  millis(accepted, ticks.nanos()),
                  true));
      case Outcome.Changed(var record) ->
          Future.join(List.copyOf(stored.confirmed().values()))
              .transform(
                  all ->
                      Future.succeededFuture(
                          confirmed(stored, record.purposes(), record.version(), accepted)));
    };
  }

  private ConsentSet confirmed(Stored stored, Purposes purposes, long version, long accepted) {
    var confirmations = new ArrayList<Confirmation>();
    stored
        .confirmed()
        .forEach(
            (name, confirmed) -> {
              if (confirmed.succeeded()) {
                confirmations.add(new Confirmation(name, millis(accepted, confirmed.result())));
              }
            });
    boolean complete = confirmations.size() == stored.confirmed().size();
    return new ConsentSet(
        purposes, version, confirmations, millis(accepted, ticks.nanos()), complete);
  }

  /**
   * Makes consent of identifiers one; completes when that is effective.
   *
   * <p>Ingest is told but not waited for: it has visitors joined while it handles events, and
   * confirms only when those are through.
   */
  Future<Done> reconcile(Reconcile asked) {
    return journal
        .submit(
            draft ->
                draft.reconcile(
                    asked.site(), asked.keys(), defaults.apply(asked.site()), clock.millis()))
        .compose(
            stored -> {
              var awaited = new HashMap<>(stored.confirmed());
              awaited.remove("ingest");
              return Future.join(List.copyOf(awaited.values()));
            })
        .map(Done.DONE);
  }

  /** To the microsecond. */
  private static double millis(long from, long to) {
    return Math.max(0, (to - from) / 1_000) / 1_000.0;
  }
}
