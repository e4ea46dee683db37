package io.marquetry.app;

import io.marquetry.assembly.AssemblyVerticle;
import io.marquetry.assembly.AssetRoutes;
import io.marquetry.assembly.PageRoutes;
import io.marquetry.catalogue.CatalogueVerticle;
import io.marquetry.consent.ConsentRoutes;
import io.marquetry.consent.ConsentVerticle;
import io.marquetry.console.AdminRoutes;
import io.marquetry.console.ConsoleVerticle;
import io.marquetry.decisioning.DecideRoutes;
import io.marquetry.decisioning.DecisioningVerticle;
import io.marquetry.experimentation.ExperimentationVerticle;
import io.marquetry.http.HealthRoutes;
import io.marquetry.http.HttpVerticle;
import io.marquetry.identity.IdentityVerticle;
import io.marquetry.ingest.BeaconRoutes;
import io.marquetry.ingest.IngestVerticle;
import io.marquetry.models.ModelsVerticle;
import io.marquetry.models.OipRoutes;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Routes;
import io.marquetry.segmentation.SegmentationVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * From the name of a component to what it is made of: the one place that knows them all. Names, not
 * class names, so that no configuration can start arbitrary code.
 */
final class Components {
  static final Set<String> NAMES =
      Set.of(
          "catalogue",
          "consent",
          "identity",
          "segmentation",
          "experimentation",
          "models",
          "decisioning",
          "assembly",
          "ingest",
          "console",
          "http");

  private Components() {}

  static Deployable verticle(ComponentContext context) {
    return switch (context.component()) {
      case "catalogue" -> new CatalogueVerticle(context);
      case "consent" -> new ConsentVerticle(context);
      case "identity" -> new IdentityVerticle(context);
      case "segmentation" -> new SegmentationVerticle(context);
      case "experimentation" -> new ExperimentationVerticle(context);
      case "models" -> new ModelsVerticle(context);
      case "decisioning" -> new DecisioningVerticle(context);
      case "assembly" -> new AssemblyVerticle(context);
      case "ingest" -> new IngestVerticle(context);
      case "console" -> new ConsoleVerticle(context);
      case "http" -> new HttpVerticle(context, Components::faces);
      default -> throw new IllegalArgumentException(context.component());
    };
  }

  /**
   * The faces of the components that run here; pages last, since they take every path that is left.
   */
  private static List<Routes> faces(Vertx vertx, ComponentContext context) {
    var topology = context.topology();
    var faces = new ArrayList<Routes>();
    faces.add(new HealthRoutes(vertx, context));
    if (topology.runs("ingest")) {
      faces.add(new BeaconRoutes(vertx, context));
    }
    if (topology.runs("consent")) {
      faces.add(new ConsentRoutes(vertx, context));
    }
    if (topology.runs("decisioning")) {
      faces.add(new DecideRoutes(vertx, context));
    }
    if (topology.runs("models")) {
      faces.add(new OipRoutes(vertx, context));
    }
    if (topology.runs("console")) {
      faces.add(new AdminRoutes(vertx, context));
    }
    faces.add(new AssetRoutes(vertx, context.server().demo()));
    if (topology.runs("assembly")) {
      faces.add(new PageRoutes(vertx, context));
    }
    return faces;
  }
}
