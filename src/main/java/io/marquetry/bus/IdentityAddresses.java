package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.FAST;
import static io.marquetry.bus.Deadlines.SLOW;

import io.marquetry.bus.IdentityMessage.Attribute;
import io.marquetry.bus.IdentityMessage.Attributed;
import io.marquetry.bus.IdentityMessage.Checkpoint;
import io.marquetry.bus.IdentityMessage.Connections;
import io.marquetry.bus.IdentityMessage.GetCheckpoint;
import io.marquetry.bus.IdentityMessage.GetConnections;
import io.marquetry.bus.IdentityMessage.GetIdentifiers;
import io.marquetry.bus.IdentityMessage.GetQuarantine;
import io.marquetry.bus.IdentityMessage.Identifiers;
import io.marquetry.bus.IdentityMessage.Link;
import io.marquetry.bus.IdentityMessage.Linked;
import io.marquetry.bus.IdentityMessage.Quarantine;
import io.marquetry.bus.IdentityMessage.Rearrange;
import io.marquetry.bus.IdentityMessage.Rearranged;
import io.marquetry.bus.IdentityMessage.Resolve;
import io.marquetry.bus.IdentityMessage.VisitorRef;
import java.time.Duration;

/** What is asked of identity, and what it publishes. */
interface IdentityAddresses {
  /** Finds the owner of each event; in the order of the log. */
  Ask<Link, Linked> LINK = new Ask<>("identity.cmd.link", Link.class, Linked.class, SLOW);

  Ask<Resolve, VisitorRef> RESOLVE =
      new Ask<>("identity.qry.resolve", Resolve.class, VisitorRef.class, Duration.ofMillis(250));

  /** Whose events of the past are. */
  Ask<Attribute, Attributed> ATTRIBUTE =
      new Ask<>("identity.qry.attribute", Attribute.class, Attributed.class, SLOW);

  Ask<GetIdentifiers, Identifiers> IDENTIFIERS =
      new Ask<>("identity.qry.identifiers", GetIdentifiers.class, Identifiers.class, FAST);

  Ask<Rearrange, Rearranged> REARRANGE =
      new Ask<>("identity.cmd.rearrange", Rearrange.class, Rearranged.class, SLOW);

  Ask<GetConnections, Connections> CONNECTIONS =
      new Ask<>("identity.qry.connections", GetConnections.class, Connections.class, FAST);

  Ask<GetQuarantine, Quarantine> QUARANTINE =
      new Ask<>("identity.qry.quarantine", GetQuarantine.class, Quarantine.class, FAST);

  Ask<GetCheckpoint, Checkpoint> IDENTITY_CHECKPOINT =
      new Ask<>("identity.qry.checkpoint", GetCheckpoint.class, Checkpoint.class, FAST);
}
