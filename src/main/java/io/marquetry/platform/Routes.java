package io.marquetry.platform;

import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * The HTTP face of a component: what it serves on the one public port.
 *
 * <p>A face runs on the event loop of the HTTP verticle that mounts it, one instance for each loop,
 * and speaks to its component over the bus like everybody else.
 */
public interface Routes {

  /** Adds its routes; completes when they can be answered. */
  Future<Void> mount(Router router);

  /**
   * How the routes of a foreign protocol say no, where they say it otherwise than {@link Answers}
   * does. Put into the routing context under {@link #KEY} it also says what went wrong around them:
   * a body that is too large, a failure of ours.
   */
  @FunctionalInterface
  interface Refusal {
    String KEY = "marquetry.refusal";

    void refuse(RoutingContext context, int status, String code, String message);
  }

  /** Lets go of what it holds; requests under way were answered before. */
  default Future<Void> close() {
    return Future.succeededFuture();
  }
}
