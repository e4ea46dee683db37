package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.FAST;
import static io.marquetry.bus.Deadlines.SLOW;

import java.time.Duration;
import java.util.List;

/**
 * Every address on the bus, with its types and the deadline its owner promises.
 *
 * <p>Each owner has a table of its own, inherited here, so that who asks need not know whose an
 * address is. What every component serves alike is made from its name.
 *
 * <p>An address whose comment says "by owner" is served under a number for each instance; use
 * {@link Ask#to}. Console addresses ({@code admin.*}, {@code feed.*}) carry JSON and are not listed
 * here: the console's operation registry is their list.
 */
public final class Addresses
    implements IngestAddresses,
        IdentityAddresses,
        SegmentationAddresses,
        ConsentAddresses,
        CatalogueAddresses,
        DecisioningAddresses,
        ExperimentationAddresses,
        AssemblyAddresses,
        ModelsAddresses {
  /** The components that take part in a definition change. */
  public static final List<String> DEFINED =
      List.of(
          "consent",
          "identity",
          "segmentation",
          "experimentation",
          "models",
          "decisioning",
          "assembly",
          "ingest");

  /** The components that keep a copy of consent, in the order in which a change goes out. */
  public static final List<String> CONSENTED =
      List.of(
          "ingest",
          "identity",
          "segmentation",
          "experimentation",
          "models",
          "decisioning",
          "assembly");

  private Addresses() {}

  /** By owner. Hands a new catalogue to a component; answered when it is effective there. */
  public static Ask<CatalogueMessage.Define, SystemMessage.Done> define(String component) {
    return new Ask<>(
        component + ".cmd.define", CatalogueMessage.Define.class, SystemMessage.Done.class, SLOW);
  }

  /** By owner. Hands a consent record to a component; answered when nothing older is in flight. */
  public static Ask<ConsentMessage.ConsentRecord, SystemMessage.Done> applyConsent(
      String component) {
    return new Ask<>(
        component + ".cmd.consent",
        ConsentMessage.ConsentRecord.class,
        SystemMessage.Done.class,
        Duration.ofSeconds(5));
  }

  /** By owner. How is this instance? */
  public static Ask<SystemMessage.Ping, SystemMessage.Pong> ping(String component) {
    return new Ask<>(
        component + ".qry.ping", SystemMessage.Ping.class, SystemMessage.Pong.class, FAST);
  }
}
