package io.marquetry.bus;

import java.time.Duration;
import java.util.List;

/**
 * Every address on the bus, with its types and the deadline its owner promises.
 *
 * <p>An address whose comment says "by owner" is served under a number for each instance; use
 * {@link Ask#to}. Console addresses ({@code admin.*}, {@code feed.*}) carry JSON and are not listed
 * here: the console's operation registry is their list.
 */
public final class Addresses {
  private static final Duration FAST = Duration.ofSeconds(2);
  private static final Duration SLOW = Duration.ofSeconds(30);

  /** Makes events durable and applies them. */
  public static final Ask<IngestMessage.Accept, IngestMessage.Accepted> ACCEPT =
      new Ask<>(
          "ingest.cmd.accept", IngestMessage.Accept.class, IngestMessage.Accepted.class, SLOW);

  /** Puts an order in the log and carries it out. */
  public static final Ask<IngestMessage.Order, SystemMessage.Done> ORDER =
      new Ask<>("ingest.cmd.order", IngestMessage.Order.class, SystemMessage.Done.class, SLOW);

  public static final Ask<IngestMessage.GetEventsOf, IngestMessage.EventsOf> EVENTS_OF =
      new Ask<>(
          "ingest.qry.events-of",
          IngestMessage.GetEventsOf.class,
          IngestMessage.EventsOf.class,
          SLOW);

  public static final Ask<IngestMessage.GetLogStatus, IngestMessage.LogStatus> LOG_STATUS =
      new Ask<>(
          "ingest.qry.status",
          IngestMessage.GetLogStatus.class,
          IngestMessage.LogStatus.class,
          FAST);

  /** Reads in the log, for whoever works on its past. */
  public static final Ask<IngestMessage.ReadLog, IngestMessage.LogPage> READ_LOG =
      new Ask<>("ingest.qry.log", IngestMessage.ReadLog.class, IngestMessage.LogPage.class, SLOW);

  public static final Ask<IngestMessage.GetCounts, IngestMessage.Counts> COUNTS =
      new Ask<>(
          "ingest.qry.counts", IngestMessage.GetCounts.class, IngestMessage.Counts.class, FAST);

  public static final Ask<IngestMessage.GetDeadLetters, IngestMessage.DeadLetters> DEAD_LETTERS =
      new Ask<>(
          "ingest.qry.deadletters",
          IngestMessage.GetDeadLetters.class,
          IngestMessage.DeadLetters.class,
          SLOW);

  /** Takes dead letters again. */
  public static final Ask<IngestMessage.RetryLetters, IngestMessage.Retried> RETRY_LETTERS =
      new Ask<>(
          "ingest.cmd.retry", IngestMessage.RetryLetters.class, IngestMessage.Retried.class, SLOW);

  public static final Ask<IngestMessage.QueryEvents, IngestMessage.FoundEvents> QUERY_EVENTS =
      new Ask<>(
          "ingest.qry.events",
          IngestMessage.QueryEvents.class,
          IngestMessage.FoundEvents.class,
          SLOW);

  public static final Topic<IngestMessage.Stored> STORED =
      new Topic<>("ingest.evt.stored", IngestMessage.Stored.class);

  /** Finds the owner of each event; in the order of the log. */
  public static final Ask<IdentityMessage.Link, IdentityMessage.Linked> LINK =
      new Ask<>(
          "identity.cmd.link", IdentityMessage.Link.class, IdentityMessage.Linked.class, SLOW);

  public static final Ask<IdentityMessage.Resolve, IdentityMessage.VisitorRef> RESOLVE =
      new Ask<>(
          "identity.qry.resolve",
          IdentityMessage.Resolve.class,
          IdentityMessage.VisitorRef.class,
          Duration.ofMillis(250));

  /** Whose events of the past are. */
  public static final Ask<IdentityMessage.Attribute, IdentityMessage.Attributed> ATTRIBUTE =
      new Ask<>(
          "identity.qry.attribute",
          IdentityMessage.Attribute.class,
          IdentityMessage.Attributed.class,
          SLOW);

  public static final Ask<IdentityMessage.GetIdentifiers, IdentityMessage.Identifiers> IDENTIFIERS =
      new Ask<>(
          "identity.qry.identifiers",
          IdentityMessage.GetIdentifiers.class,
          IdentityMessage.Identifiers.class,
          FAST);

  public static final Ask<IdentityMessage.Rearrange, IdentityMessage.Rearranged> REARRANGE =
      new Ask<>(
          "identity.cmd.rearrange",
          IdentityMessage.Rearrange.class,
          IdentityMessage.Rearranged.class,
          SLOW);

  public static final Ask<IdentityMessage.GetConnections, IdentityMessage.Connections> CONNECTIONS =
      new Ask<>(
          "identity.qry.connections",
          IdentityMessage.GetConnections.class,
          IdentityMessage.Connections.class,
          FAST);

  public static final Ask<IdentityMessage.GetQuarantine, IdentityMessage.Quarantine> QUARANTINE =
      new Ask<>(
          "identity.qry.quarantine",
          IdentityMessage.GetQuarantine.class,
          IdentityMessage.Quarantine.class,
          FAST);

  public static final Ask<IdentityMessage.GetCheckpoint, IdentityMessage.Checkpoint>
      IDENTITY_CHECKPOINT =
          new Ask<>(
              "identity.qry.checkpoint",
              IdentityMessage.GetCheckpoint.class,
              IdentityMessage.Checkpoint.class,
              FAST);

  /** By owner. */
  public static final Ask<SegmentationMessage.TryCondition, SegmentationMessage.Tried>
      TRY_CONDITION =
          new Ask<>(
              "segmentation.qry.try",
              SegmentationMessage.TryCondition.class,
              SegmentationMessage.Tried.class,
              SLOW);

  /** By owner. Applies events to profiles and segments; in the order of the log. */
  public static final Ask<SegmentationMessage.Apply, SegmentationMessage.Applied> APPLY =
      new Ask<>(
          "segmentation.cmd.apply",
          SegmentationMessage.Apply.class,
          SegmentationMessage.Applied.class,
          SLOW);

  /** By owner. */
  public static final Ask<SegmentationMessage.Release, SegmentationMessage.Released> RELEASE =
      new Ask<>(
          "segmentation.cmd.release",
          SegmentationMessage.Release.class,
          SegmentationMessage.Released.class,
          SLOW);

  /** By owner. */
  public static final Ask<SegmentationMessage.Adopt, SystemMessage.Done> ADOPT =
      new Ask<>(
          "segmentation.cmd.adopt",
          SegmentationMessage.Adopt.class,
          SystemMessage.Done.class,
          SLOW);

  /** By owner. */
  public static final Ask<SegmentationMessage.Reset, SystemMessage.Done> RESET =
      new Ask<>(
          "segmentation.cmd.reset",
          SegmentationMessage.Reset.class,
          SystemMessage.Done.class,
          SLOW);

  /** By owner. Answered when it is done; the last part, when the whole is stored. */
  public static final Ask<SegmentationMessage.Rebuild, SystemMessage.Done> REBUILD =
      new Ask<>(
          "segmentation.cmd.rebuild",
          SegmentationMessage.Rebuild.class,
          SystemMessage.Done.class,
          SLOW);

  /** By owner. */
  public static final Ask<IdentityMessage.GetCheckpoint, IdentityMessage.Checkpoint>
      SEGMENTATION_CHECKPOINT =
          new Ask<>(
              "segmentation.qry.checkpoint",
              IdentityMessage.GetCheckpoint.class,
              IdentityMessage.Checkpoint.class,
              FAST);

  /** By owner. */
  public static final Ask<SegmentationMessage.ListProfiles, SegmentationMessage.Profiles> PROFILES =
      new Ask<>(
          "segmentation.qry.profiles",
          SegmentationMessage.ListProfiles.class,
          SegmentationMessage.Profiles.class,
          SLOW);

  /** By owner. */
  public static final Ask<SegmentationMessage.GetSnapshots, SegmentationMessage.Profiles>
      SNAPSHOTS =
          new Ask<>(
              "segmentation.qry.snapshots",
              SegmentationMessage.GetSnapshots.class,
              SegmentationMessage.Profiles.class,
              FAST);

  /** By owner. */
  public static final Ask<SegmentationMessage.GetProfile, SegmentationMessage.ProfileView> PROFILE =
      new Ask<>(
          "segmentation.qry.profile",
          SegmentationMessage.GetProfile.class,
          SegmentationMessage.ProfileView.class,
          FAST);

  /** By owner. */
  public static final Ask<SegmentationMessage.GetFills, SegmentationMessage.Fills> FILLS =
      new Ask<>(
          "segmentation.qry.fills",
          SegmentationMessage.GetFills.class,
          SegmentationMessage.Fills.class,
          FAST);

  /** By owner. */
  public static final Ask<SegmentationMessage.BeginFill, SystemMessage.Done> BEGIN_FILL =
      new Ask<>(
          "segmentation.cmd.begin-fill",
          SegmentationMessage.BeginFill.class,
          SystemMessage.Done.class,
          SLOW);

  /** By owner. */
  public static final Ask<SegmentationMessage.Fill, SegmentationMessage.Filled> FILL =
      new Ask<>(
          "segmentation.cmd.fill",
          SegmentationMessage.Fill.class,
          SegmentationMessage.Filled.class,
          SLOW);

  /** By owner. */
  public static final Ask<SegmentationMessage.EndFill, SystemMessage.Done> END_FILL =
      new Ask<>(
          "segmentation.cmd.end-fill",
          SegmentationMessage.EndFill.class,
          SystemMessage.Done.class,
          SLOW);

  /** Served by one instance, which sees to it that the past is filled in. */
  public static final Ask<SegmentationMessage.GetBackfills, SegmentationMessage.Backfills>
      BACKFILLS =
          new Ask<>(
              "segmentation.qry.backfills",
              SegmentationMessage.GetBackfills.class,
              SegmentationMessage.Backfills.class,
              FAST);

  /** By owner. */
  public static final Ask<SegmentationMessage.GetMembers, SegmentationMessage.Members> MEMBERS =
      new Ask<>(
          "segmentation.qry.members",
          SegmentationMessage.GetMembers.class,
          SegmentationMessage.Members.class,
          FAST);

  public static final Topic<SegmentationMessage.ProfilesChanged> PROFILES_CHANGED =
      new Topic<>("segmentation.evt.changed", SegmentationMessage.ProfilesChanged.class);

  /** Follows {@link #PROFILES_CHANGED} where both are told of a profile. */
  public static final Topic<SegmentationMessage.ProfilesTurning> PROFILES_TURNING =
      new Topic<>("segmentation.evt.turning", SegmentationMessage.ProfilesTurning.class);

  public static final Ask<ConsentMessage.SetConsent, ConsentMessage.ConsentSet> SET_CONSENT =
      new Ask<>(
          "consent.cmd.set",
          ConsentMessage.SetConsent.class,
          ConsentMessage.ConsentSet.class,
          Duration.ofSeconds(10));

  public static final Ask<ConsentMessage.Reconcile, SystemMessage.Done> RECONCILE_CONSENT =
      new Ask<>(
          "consent.cmd.reconcile", ConsentMessage.Reconcile.class, SystemMessage.Done.class, SLOW);

  public static final Ask<ConsentMessage.GetConsent, ConsentMessage.ConsentState> GET_CONSENT =
      new Ask<>(
          "consent.qry.get",
          ConsentMessage.GetConsent.class,
          ConsentMessage.ConsentState.class,
          FAST);

  public static final Ask<ConsentMessage.ListConsents, ConsentMessage.Consents> CONSENTS =
      new Ask<>(
          "consent.qry.list",
          ConsentMessage.ListConsents.class,
          ConsentMessage.Consents.class,
          SLOW);

  public static final Topic<ConsentMessage.ConsentLease> CONSENT_LEASE =
      new Topic<>("consent.evt.lease", ConsentMessage.ConsentLease.class);

  public static final Ask<CatalogueMessage.GetCatalogue, CatalogueMessage.Catalogue> CATALOGUE =
      new Ask<>(
          "catalogue.qry.current",
          CatalogueMessage.GetCatalogue.class,
          CatalogueMessage.Catalogue.class,
          SLOW);

  /** What was defined once. */
  public static final Ask<CatalogueMessage.GetCatalogueAt, CatalogueMessage.Catalogue>
      CATALOGUE_AT =
          new Ask<>(
              "catalogue.qry.at",
              CatalogueMessage.GetCatalogueAt.class,
              CatalogueMessage.Catalogue.class,
              SLOW);

  public static final Ask<CatalogueMessage.Put, CatalogueMessage.PutDone> PUT_DEFINITION =
      new Ask<>(
          "catalogue.cmd.put", CatalogueMessage.Put.class, CatalogueMessage.PutDone.class, SLOW);

  public static final Ask<CatalogueMessage.CreateKey, CatalogueMessage.KeyCreated> CREATE_KEY =
      new Ask<>(
          "catalogue.cmd.key",
          CatalogueMessage.CreateKey.class,
          CatalogueMessage.KeyCreated.class,
          SLOW);

  public static final Ask<CatalogueMessage.RevokeKey, SystemMessage.Done> REVOKE_KEY =
      new Ask<>(
          "catalogue.cmd.revoke-key",
          CatalogueMessage.RevokeKey.class,
          SystemMessage.Done.class,
          SLOW);

  public static final Ask<CatalogueMessage.GetKeys, CatalogueMessage.Keys> KEYS =
      new Ask<>(
          "catalogue.qry.keys", CatalogueMessage.GetKeys.class, CatalogueMessage.Keys.class, SLOW);

  public static final Ask<CatalogueMessage.GetHistory, CatalogueMessage.History> HISTORY =
      new Ask<>(
          "catalogue.qry.history",
          CatalogueMessage.GetHistory.class,
          CatalogueMessage.History.class,
          SLOW);

  public static final Ask<CatalogueMessage.Audit, SystemMessage.Done> AUDIT =
      new Ask<>(
          "catalogue.cmd.audit", CatalogueMessage.Audit.class, SystemMessage.Done.class, SLOW);

  public static final Ask<CatalogueMessage.QueryAudit, CatalogueMessage.AuditTrail> AUDIT_TRAIL =
      new Ask<>(
          "catalogue.qry.audit",
          CatalogueMessage.QueryAudit.class,
          CatalogueMessage.AuditTrail.class,
          SLOW);

  /** Published after every component confirmed; HTTP routes swap their copy on it. */
  public static final Topic<CatalogueMessage.Catalogue> PUBLISHED =
      new Topic<>("catalogue.evt.published", CatalogueMessage.Catalogue.class);

  /** By owner. */
  public static final Ask<DecisioningMessage.Decide, DecisioningMessage.Decided> DECIDE =
      new Ask<>(
          "decisioning.qry.decide",
          DecisioningMessage.Decide.class,
          DecisioningMessage.Decided.class,
          Duration.ofMillis(250));

  /** Served by one instance, which owns the decision log. */
  public static final Ask<DecisioningMessage.QueryDecisions, DecisioningMessage.Decisions>
      QUERY_DECISIONS =
          new Ask<>(
              "decisioning.qry.log",
              DecisioningMessage.QueryDecisions.class,
              DecisioningMessage.Decisions.class,
              SLOW);

  /** Notes what was shown; published again under {@link #EXPOSED}. */
  public static final Ask<DecisioningMessage.Exposed, SystemMessage.Done> EXPOSE =
      new Ask<>(
          "decisioning.cmd.expose",
          DecisioningMessage.Exposed.class,
          SystemMessage.Done.class,
          FAST);

  public static final Topic<DecisioningMessage.Exposed> EXPOSED =
      new Topic<>("decisioning.evt.exposed", DecisioningMessage.Exposed.class);

  /** Served by whoever owns the decision log. */
  public static final Ask<DecisioningMessage.RunRetention, DecisioningMessage.Removed>
      RUN_RETENTION =
          new Ask<>(
              "decisioning.cmd.retention",
              DecisioningMessage.RunRetention.class,
              DecisioningMessage.Removed.class,
              SLOW);

  /** By owner. */
  public static final Ask<DecisioningMessage.GetCache, DecisioningMessage.CacheState> CACHE =
      new Ask<>(
          "decisioning.qry.cache",
          DecisioningMessage.GetCache.class,
          DecisioningMessage.CacheState.class,
          SLOW);

  /** Decides again what the log says was decided. */
  public static final Ask<DecisioningMessage.ReplayDecision, DecisioningMessage.Replayed>
      REPLAY_DECISION =
          new Ask<>(
              "decisioning.qry.replay",
              DecisioningMessage.ReplayDecision.class,
              DecisioningMessage.Replayed.class,
              SLOW);

  public static final Topic<DecisioningMessage.DecisionsMade> DECISIONS_MADE =
      new Topic<>("decisioning.evt.decided", DecisioningMessage.DecisionsMade.class);

  /** For whoever shows decisions to visitors and wants to show them anew. */
  public static final Topic<DecisioningMessage.VisitorsChanged> VISITORS_CHANGED =
      new Topic<>("decisioning.evt.visitors-changed", DecisioningMessage.VisitorsChanged.class);

  public static final Ask<DecisioningMessage.GetAllocations, DecisioningMessage.Allocations>
      GET_ALLOCATIONS =
          new Ask<>(
              "experimentation.qry.allocations",
              DecisioningMessage.GetAllocations.class,
              DecisioningMessage.Allocations.class,
              FAST);

  /** Tables that changed. */
  public static final Topic<DecisioningMessage.Allocations> ALLOCATIONS =
      new Topic<>("experimentation.evt.allocations", DecisioningMessage.Allocations.class);

  public static final Ask<ExperimentationMessage.GetBandit, ExperimentationMessage.Report> BANDITS =
      new Ask<>(
          "experimentation.qry.bandits",
          ExperimentationMessage.GetBandit.class,
          ExperimentationMessage.Report.class,
          FAST);

  public static final Ask<ExperimentationMessage.GetBanditHistory, ExperimentationMessage.Report>
      BANDIT_HISTORY =
          new Ask<>(
              "experimentation.qry.history",
              ExperimentationMessage.GetBanditHistory.class,
              ExperimentationMessage.Report.class,
              SLOW);

  public static final Ask<ExperimentationMessage.EvaluatePolicy, ExperimentationMessage.Report>
      EVALUATE_POLICY =
          new Ask<>(
              "experimentation.qry.evaluate",
              ExperimentationMessage.EvaluatePolicy.class,
              ExperimentationMessage.Report.class,
              SLOW);

  public static final Ask<AssemblyMessage.Render, AssemblyMessage.Rendered> RENDER =
      new Ask<>(
          "assembly.qry.render",
          AssemblyMessage.Render.class,
          AssemblyMessage.Rendered.class,
          FAST);

  public static final Ask<AssemblyMessage.Check, SystemMessage.Done> CHECK_CONTENT =
      new Ask<>("assembly.qry.check", AssemblyMessage.Check.class, SystemMessage.Done.class, SLOW);

  /** Answered within the time the question names, whatever the model does. */
  public static final Ask<ModelsMessage.Score, ModelsMessage.Scored> SCORE =
      new Ask<>("models.qry.score", ModelsMessage.Score.class, ModelsMessage.Scored.class, FAST);

  public static final Ask<ModelsMessage.Infer, ModelsMessage.Inferred> INFER =
      new Ask<>("models.qry.infer", ModelsMessage.Infer.class, ModelsMessage.Inferred.class, FAST);

  public static final Ask<ModelsMessage.Describe, ModelsMessage.Inferred> DESCRIBE_MODEL =
      new Ask<>(
          "models.qry.describe", ModelsMessage.Describe.class, ModelsMessage.Inferred.class, FAST);

  public static final Ask<ModelsMessage.GetModels, ModelsMessage.ModelStates> MODELS =
      new Ask<>(
          "models.qry.states",
          ModelsMessage.GetModels.class,
          ModelsMessage.ModelStates.class,
          FAST);

  public static final Ask<ModelsMessage.Train, ModelsMessage.ModelStates> TRAIN_MODELS =
      new Ask<>(
          "models.cmd.train",
          ModelsMessage.Train.class,
          ModelsMessage.ModelStates.class,
          Duration.ofMinutes(5));

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
}
