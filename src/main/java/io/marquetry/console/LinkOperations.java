package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.CatalogueMessage.GetCatalogue;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.console.core.Arguments;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.PublicPaths;
import io.marquetry.platform.SignedLinks;
import io.marquetry.platform.SignedLinks.Link;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes links and pictures for mails that tell of clicks and openings. */
final class LinkOperations {
  private static final int MAX_RECIPIENTS = 1_000;
  private static final int MAX_ID = 512;
  private static final int MAX_DAYS = 3_650;
  private static final int DAYS = 365;

  private final Bus bus;
  private final InstantSource clock;
  private final SignedLinks links;
  private final PublicPaths paths;

  LinkOperations(Bus bus, ComponentContext context) {
    this.bus = bus;
    clock = context.clock();
    links = new SignedLinks(context.secrets().cookies());
    paths = PublicPaths.of(context.topology());
  }

  void register(Map<String, Operation.Handler> handlers) {
    handlers.put("links.sign", (actor, body) -> sign(body));
  }

  private Future<Map<String, Object>> sign(Map<String, Object> body) {
    var arguments = Arguments.of(body);
    var site = arguments.text("site");
    var kind = kind(arguments.optionalText("kind"));
    var target = arguments.optionalText("target");
    checkTarget(kind, target);
    var days = arguments.optionalInteger("validDays", 1, MAX_DAYS);
    long end = clock.millis() + Duration.ofDays(days == null ? DAYS : days).toMillis();
    var draft =
        new Link(
            kind,
            site,
            target == null ? "" : target,
            id("userId", arguments.optionalText("userId")),
            id("anonymousId", arguments.optionalText("anonymousId")),
            arguments.object("properties"),
            end);
    var recipients = arguments.value("recipients");
    arguments.end();
    var answer = recipients == null ? path(draft) : many(draft, recipients);
    return known(site).map(answer);
  }

  private static SignedLinks.Kind kind(@Nullable String kind) {
    return switch (kind) {
      case null -> SignedLinks.Kind.CLICK;
      case "click" -> SignedLinks.Kind.CLICK;
      case "open" -> SignedLinks.Kind.OPEN;
      default -> throw wrong("kind", "must be click or open");
    };
  }

  private static void checkTarget(SignedLinks.Kind kind, @Nullable String target) {
    if (kind == SignedLinks.Kind.OPEN) {
      if (target != null) {
        throw wrong("target", "a picture leads nowhere");
      }
    } else if (target == null || !SignedLinks.isTarget(target)) {
      throw wrong("target", "must be an address such as https://shop.example/sale");
    }
  }

  private static @Nullable String id(String field, @Nullable String id) {
    if (id != null && (id.isBlank() || id.length() > MAX_ID)) {
      throw wrong(field, "must be 1 to " + MAX_ID + " characters");
    }
    return id;
  }

  private static Refused wrong(String field, String message) {
    return new Refused(Reason.INVALID, field, message);
  }

  private Map<String, Object> path(Link link) {
    var signed = links.sign(link);
    if (signed.length() > SignedLinks.MAX_LENGTH) {
      throw wrong("properties", "the link would be too long; say less in it");
    }
    var base = link.kind() == SignedLinks.Kind.CLICK ? "/r/" : "/pixel/v1/open/";
    return Map.of("path", paths.outside(base + signed));
  }

  /** One link for each of those a mail goes to, in the order given. */
  private Map<String, Object> many(Link draft, Object recipients) {
    if (!(recipients instanceof List<?> list) || list.isEmpty() || list.size() > MAX_RECIPIENTS) {
      throw wrong("recipients", "must be a list of 1 to " + MAX_RECIPIENTS);
    }
    var made = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < list.size(); i++) {
      var at = "recipients[" + i + "]";
      if (!(list.get(i) instanceof Map<?, ?> one)) {
        throw wrong(at, "must be {userId} or {anonymousId}");
      }
      var user = text(at + ".userId", one.get("userId"));
      var device = text(at + ".anonymousId", one.get("anonymousId"));
      if (user == null && device == null) {
        throw wrong(at, "must be {userId} or {anonymousId}");
      }
      var link =
          new Link(
              draft.kind(),
              draft.site(),
              draft.target(),
              user,
              device,
              draft.properties(),
              draft.expiresAt());
      var entry = new LinkedHashMap<String, Object>(path(link));
      if (user != null) {
        entry.put("userId", user);
      }
      if (device != null) {
        entry.put("anonymousId", device);
      }
      made.add(entry);
    }
    return Map.of("links", made);
  }

  private static @Nullable String text(String field, @Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> id(field, text);
      default -> throw wrong(field, "must be a text");
    };
  }

  private Future<Void> known(String site) {
    return bus.ask(Addresses.CATALOGUE, new GetCatalogue())
        .map(
            catalogue -> {
              if (catalogue.all(Kind.SITE).stream().noneMatch(one -> one.key().equals(site))) {
                throw wrong("site", "there is no site " + site);
              }
              return null;
            });
  }
}
