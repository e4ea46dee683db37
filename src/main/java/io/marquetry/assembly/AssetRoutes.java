package io.marquetry.assembly;

import io.marquetry.platform.Routes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** The files we ship to browsers: the tag, and the pictures and styles of the demo shop. */
public final class AssetRoutes implements Routes {
  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private final Vertx vertx;
  private final boolean demo;
  private final Map<String, Asset> cache = new HashMap<>();

  /** A file and the tag that names this content of it. */
  private record Asset(Buffer content, String tag) {}

  public AssetRoutes(Vertx vertx, boolean demo) {
    this.vertx = vertx;
    this.demo = demo;
  }

  @Override
  public Future<Void> mount(Router router) {
    router.get("/mq.js").handler(context -> send(context, "web/mq.js", "js"));
    if (demo) {
      router
          .getWithRegex("/demo-assets/(?<file>[a-z0-9-]{1,64}\\.(?:css|js|svg))")
          .handler(this::file);
    }
    return Future.succeededFuture();
  }

  private void file(RoutingContext context) {
    var file = context.pathParam("file");
    send(context, "demo/assets/" + file, file.substring(file.lastIndexOf('.') + 1));
  }

  private void send(RoutingContext context, String resource, String ending) {
    var known = cache.get(resource);
    if (known != null) {
      answer(context, known, ending);
      return;
    }
    vertx
        .fileSystem()
        .readFile(resource)
        .onSuccess(
            content -> {
              // Only what exists is kept, so the cache holds at most the files we ship.
              var asset = new Asset(content, tag(content));
              cache.put(resource, asset);
              answer(context, asset, ending);
            })
        .onFailure(absent -> context.fail(404));
  }

  private static String tag(Buffer content) {
    var hash = new CRC32();
    hash.update(content.getBytes());
    return "\"%08x\"".formatted(hash.getValue());
  }

  private static void answer(RoutingContext context, Asset asset, String ending) {
    var response =
        context
            .response()
            .putHeader(HttpHeaders.ETAG, asset.tag())
            .putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=300");
    if (asset.tag().equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
      response.setStatusCode(304).end();
      return;
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, TYPES.getOrDefault(ending, "text/plain"))
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(asset.content());
  }
}
