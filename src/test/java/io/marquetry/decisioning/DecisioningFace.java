package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.await;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.WriteKey;
import io.marquetry.decisioning.core.Given;
import io.marquetry.testkit.SiteKeys;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The face of decisioning over real HTTP. The site {@code shop} wants who logs in to be signed and
 * has the keys {@code public} and {@code secret}; {@code trusting} takes a browser's word, with the
 * key {@code open}. Who is asked over the bus is played by the test.
 */
final class DecisioningFace {
  final DecisioningRig rig = new DecisioningRig();
  final HttpClient client = HttpClient.newHttpClient();
  final DecideRoutes routes;
  private final int port;

  DecisioningFace(Map<String, Object> config, Catalogue catalogue) throws Exception {
    rig.serveCatalogue(catalogue);
    var router = Router.router(rig.vertx);
    routes = new DecideRoutes(rig.vertx, rig.context(0, 1, config));
    await(routes.mount(router));
    port =
        await(rig.vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"))
            .actualPort();
  }

  /** The two sites, to be filled. */
  static Given sites() {
    return Given.catalogue()
        .put(Kind.SITE, "shop", Map.of("identify", "signed"))
        .put(Kind.SITE, "trusting", Map.of("identify", "trusted"));
  }

  static Catalogue catalogue(long revision, Given definitions, WriteKey... more) {
    var keys =
        List.of(
            SiteKeys.write("public", "shop"),
            SiteKeys.server("secret", "shop"),
            SiteKeys.write("open", "trusting"));
    return new Catalogue(
        "v" + revision,
        revision,
        definitions.build().definitions(),
        Stream.concat(keys.stream(), Stream.of(more)).toList());
  }

  String address(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(address(path)));
  }

  void close() throws Exception {
    client.close();
    rig.close();
  }
}
