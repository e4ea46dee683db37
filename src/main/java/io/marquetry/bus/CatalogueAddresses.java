package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.SLOW;

import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.CatalogueMessage.AuditTrail;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.CreateKey;
import io.marquetry.bus.CatalogueMessage.GetCatalogue;
import io.marquetry.bus.CatalogueMessage.GetCatalogueAt;
import io.marquetry.bus.CatalogueMessage.GetHistory;
import io.marquetry.bus.CatalogueMessage.GetKeys;
import io.marquetry.bus.CatalogueMessage.History;
import io.marquetry.bus.CatalogueMessage.KeyCreated;
import io.marquetry.bus.CatalogueMessage.Keys;
import io.marquetry.bus.CatalogueMessage.Put;
import io.marquetry.bus.CatalogueMessage.PutDone;
import io.marquetry.bus.CatalogueMessage.QueryAudit;
import io.marquetry.bus.CatalogueMessage.RevokeKey;
import io.marquetry.bus.SystemMessage.Done;

/** What is asked of catalogue, and what it publishes. */
interface CatalogueAddresses {
  Ask<GetCatalogue, Catalogue> CATALOGUE =
      new Ask<>("catalogue.qry.current", GetCatalogue.class, Catalogue.class, SLOW);

  /** What was defined once. */
  Ask<GetCatalogueAt, Catalogue> CATALOGUE_AT =
      new Ask<>("catalogue.qry.at", GetCatalogueAt.class, Catalogue.class, SLOW);

  Ask<Put, PutDone> PUT_DEFINITION = new Ask<>("catalogue.cmd.put", Put.class, PutDone.class, SLOW);

  Ask<CreateKey, KeyCreated> CREATE_KEY =
      new Ask<>("catalogue.cmd.key", CreateKey.class, KeyCreated.class, SLOW);

  Ask<RevokeKey, Done> REVOKE_KEY =
      new Ask<>("catalogue.cmd.revoke-key", RevokeKey.class, Done.class, SLOW);

  Ask<GetKeys, Keys> KEYS = new Ask<>("catalogue.qry.keys", GetKeys.class, Keys.class, SLOW);

  Ask<GetHistory, History> HISTORY =
      new Ask<>("catalogue.qry.history", GetHistory.class, History.class, SLOW);

  Ask<Audit, Done> AUDIT = new Ask<>("catalogue.cmd.audit", Audit.class, Done.class, SLOW);

  Ask<QueryAudit, AuditTrail> AUDIT_TRAIL =
      new Ask<>("catalogue.qry.audit", QueryAudit.class, AuditTrail.class, SLOW);

  /** Published after every component confirmed; HTTP routes swap their copy on it. */
  Topic<Catalogue> PUBLISHED = new Topic<>("catalogue.evt.published", Catalogue.class);
}
