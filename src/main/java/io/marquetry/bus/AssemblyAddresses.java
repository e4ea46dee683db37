package io.marquetry.bus;

import static io.marquetry.bus.Deadlines.FAST;
import static io.marquetry.bus.Deadlines.SLOW;

import io.marquetry.bus.AssemblyMessage.Check;
import io.marquetry.bus.AssemblyMessage.Render;
import io.marquetry.bus.AssemblyMessage.Rendered;
import io.marquetry.bus.SystemMessage.Done;

/** What is asked of assembly, and what it publishes. */
interface AssemblyAddresses {
  Ask<Render, Rendered> RENDER =
      new Ask<>("assembly.qry.render", Render.class, Rendered.class, FAST);

  Ask<Check, Done> CHECK_CONTENT = new Ask<>("assembly.qry.check", Check.class, Done.class, SLOW);
}
