package io.marquetry.bus;

import io.marquetry.kit.Id128;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the consent component takes, answers and publishes. */
public sealed interface ConsentMessage extends BusMessage {

  /**
   * What one visitor chose.
   *
   * @param keys every identifier key and profile the choice holds for
   * @param version grows with every change, over the whole installation
   * @param at when it was made, milliseconds since the epoch
   * @param source how it was made: {@code banner}, {@code api}, {@code gpc}, {@code segment}, …
   * @param explicit whether the visitor chose, as against a signal or a default having spoken for
   *     them
   */
  record ConsentRecord(
      List<Id128> keys,
      String site,
      Purposes purposes,
      long version,
      long at,
      String source,
      boolean explicit)
      implements ConsentMessage {
    public ConsentRecord {
      keys = List.copyOf(keys);
    }
  }

  /**
   * A visitor's choice. At least one of device and user is given.
   *
   * @param choices purpose name to granted or not; a purpose left out keeps its state
   * @param madeAt when the visitor made it, where it is only told now: a newer choice outweighs it.
   *     Null for now
   */
  record SetConsent(
      String site,
      @Nullable Id128 device,
      @Nullable Id128 user,
      Map<String, Object> choices,
      String source,
      boolean explicit,
      @Nullable Long madeAt)
      implements ConsentMessage {
    public SetConsent {
      choices = Map.copyOf(choices);
    }

    /** A choice made now. */
    public SetConsent(
        String site,
        @Nullable Id128 device,
        @Nullable Id128 user,
        Map<String, Object> choices,
        String source,
        boolean explicit) {
      this(site, device, user, choices, source, explicit, null);
    }
  }

  /**
   * A choice stored and confirmed.
   *
   * @param components who confirmed, and after how long
   * @param complete whether everybody who runs confirmed
   */
  record ConsentSet(
      Purposes purposes,
      long version,
      List<Confirmation> components,
      double millis,
      boolean complete)
      implements ConsentMessage {
    public ConsentSet {
      components = List.copyOf(components);
    }
  }

  /** One component's confirmation of a change, and how long after acceptance it came. */
  record Confirmation(String name, double millis) implements ConsentMessage {}

  /** What is on record for a visitor. */
  record GetConsent(String site, @Nullable Id128 device, @Nullable Id128 user)
      implements ConsentMessage {}

  /** The state on record; version 0 where the site's default holds. */
  record ConsentState(Purposes purposes, long version, long at, String source, boolean explicit)
      implements ConsentMessage {}

  /**
   * Asks for stored records in order of version, for a component's own copy.
   *
   * @param afterVersion the last version already held
   */
  record ListConsents(long afterVersion, int limit) implements ConsentMessage {}

  /** Records in order of version; fewer than asked for means that there are no more. */
  record Consents(List<ConsentRecord> records) implements ConsentMessage {
    public Consents {
      records = List.copyOf(records);
    }
  }

  /** Two visitors turned out to be one: what both allow is what holds from here. */
  record Reconcile(String site, List<Id128> keys) implements ConsentMessage {
    public Reconcile {
      keys = List.copyOf(keys);
    }
  }

  /** The consent component lives, and this is the newest version it gave out. */
  record ConsentLease(long version) implements ConsentMessage {}
}
