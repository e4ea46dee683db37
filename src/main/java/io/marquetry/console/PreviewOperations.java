package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.Audit;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Actor;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Role;
import io.marquetry.console.core.Times;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.PreviewLinks;
import io.marquetry.platform.PreviewLinks.Preview;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes links to pages as others would see them, drafts among them.
 *
 * <p>Who gets a link looks without logging in, so making one is noted in the audit; as a person
 * only those may look who may look at profiles.
 */
final class PreviewOperations {
  private static final int MINUTES = 60;
  private static final int MOST_MINUTES = 7 * 24 * 60;
  private static final int MOST_SEGMENTS = 20;

  private final Bus bus;
  private final InstantSource clock;
  private final PreviewLinks links;
  private final DefinitionOperations definitions;
  private final Lookup lookup;

  PreviewOperations(
      Bus bus, ComponentContext context, DefinitionOperations definitions, Lookup lookup) {
    this.bus = bus;
    clock = context.clock();
    links = new PreviewLinks(context.secrets().cookies());
    this.definitions = definitions;
    this.lookup = lookup;
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("pages.preview", this::preview);
  }

  private Future<Map<String, Object>> preview(Actor actor, Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var key = arguments.text("key");
    var path = arguments.optionalText("path");
    var segments = arguments.optionalTexts("segments");
    var profile = arguments.optionalText("profile");
    var show = show(arguments.object("show"));
    var minutes = arguments.optionalInteger("minutes", 1, MOST_MINUTES);
    arguments.end();
    if (segments != null && profile != null) {
      throw wrong("profile", "look as one person or as a member of segments, not both");
    }
    if (profile != null && !actor.may(Role.PRIVACY)) {
      throw new Refused(
          Reason.FORBIDDEN, "profile", "looking as a person needs the role " + Role.PRIVACY.key());
    }
    long end = clock.millis() + Duration.ofMinutes(minutes == null ? MINUTES : minutes).toMillis();
    return definitions
        .catalogue()
        .compose(
            catalogue -> {
              var page = DefinitionOperations.find(catalogue, Kind.PAGE, key);
              var member = segments(catalogue, segments);
              check(catalogue, show);
              var address = address(page, path);
              return person(page, profile)
                  .map(person -> new Preview(key, member, person, show, end))
                  .compose(made -> note(actor, made).map(noted -> answer(address, made)));
            });
  }

  private static Map<String, String> show(Map<String, Object> json) {
    var show = new HashMap<String, String>();
    json.forEach(
        (component, variant) -> {
          if (!(variant instanceof String text)) {
            throw wrong("show." + component, "must be the key of a variant");
          }
          show.put(component, text);
        });
    return show;
  }

  private static List<String> segments(Catalogue catalogue, @Nullable List<String> segments) {
    if (segments == null) {
      return List.of();
    }
    if (segments.isEmpty() || segments.size() > MOST_SEGMENTS) {
      throw wrong("segments", "must be a list of 1 to " + MOST_SEGMENTS);
    }
    for (int i = 0; i < segments.size(); i++) {
      require(catalogue, Kind.SEGMENT, segments.get(i), "segments[" + i + "]");
    }
    return segments;
  }

  private static void check(Catalogue catalogue, Map<String, String> show) {
    show.forEach(
        (component, variant) ->
            require(catalogue, Kind.VARIANT, component + "/" + variant, "show." + component));
  }

  private static void require(Catalogue catalogue, Kind kind, String key, String field) {
    if (catalogue.all(kind).stream().noneMatch(one -> one.key().equals(key))) {
      throw wrong(field, "there is no " + kind.key() + " " + key);
    }
  }

  private static Refused wrong(String field, String message) {
    return new Refused(Reason.INVALID, field, message);
  }

  /** The path to look at; of a page that is open at its end the one asked for. */
  private static String address(Definition page, @Nullable String path) {
    var own = String.valueOf(page.body().get("path"));
    boolean open = own.endsWith("/*");
    var start = open ? own.substring(0, own.length() - 1) : own;
    var wanted = path == null ? start : path;
    if (wanted.contains("?") || (open ? !wanted.startsWith(start) : !wanted.equals(start))) {
      throw wrong("path", "must be a path of the page, which has " + own);
    }
    return wanted;
  }

  private Future<String> person(Definition page, @Nullable String profile) {
    return profile == null
        ? Future.succeededFuture("")
        : lookup
            .find("profile", profile, String.valueOf(page.body().get("site")))
            .map(Object::toString);
  }

  private Future<?> note(Actor actor, Preview preview) {
    var after = new LinkedHashMap<String, Object>();
    after.put("segments", preview.segments());
    after.put("profile", preview.profile());
    after.put("show", preview.show());
    after.put("expiresAt", Times.iso(preview.expiresAt()));
    return bus.ask(
        Addresses.AUDIT, new Audit(actor.name(), "pages.preview", preview.page(), null, after));
  }

  private Map<String, Object> answer(String address, Preview preview) {
    var signed = links.sign(preview);
    if (!PreviewLinks.fits(signed)) {
      throw wrong("show", "the link would be too long; say less in it");
    }
    return Map.of(
        "path",
        address + "?" + PreviewLinks.PARAMETER + "=" + signed,
        "expiresAt",
        Times.iso(preview.expiresAt()));
  }
}
