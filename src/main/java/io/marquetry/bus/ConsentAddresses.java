package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.FAST;
import static io.marquetry.bus.Deadlines.SLOW;

import io.marquetry.bus.ConsentMessage.ConsentLease;
import io.marquetry.bus.ConsentMessage.ConsentSet;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.ConsentMessage.Consents;
import io.marquetry.bus.ConsentMessage.GetConsent;
import io.marquetry.bus.ConsentMessage.ListConsents;
import io.marquetry.bus.ConsentMessage.Reconcile;
import io.marquetry.bus.ConsentMessage.SetConsent;
import io.marquetry.bus.SystemMessage.Done;
import java.time.Duration;

/** What is asked of consent, and what it publishes. */
interface ConsentAddresses {
  Ask<SetConsent, ConsentSet> SET_CONSENT =
      new Ask<>("consent.cmd.set", SetConsent.class, ConsentSet.class, Duration.ofSeconds(10));

  Ask<Reconcile, Done> RECONCILE_CONSENT =
      new Ask<>("consent.cmd.reconcile", Reconcile.class, Done.class, SLOW);

  Ask<GetConsent, ConsentState> GET_CONSENT =
      new Ask<>("consent.qry.get", GetConsent.class, ConsentState.class, FAST);

  Ask<ListConsents, Consents> CONSENTS =
      new Ask<>("consent.qry.list", ListConsents.class, Consents.class, SLOW);

  Topic<ConsentLease> CONSENT_LEASE = new Topic<>("consent.evt.lease", ConsentLease.class);
}
