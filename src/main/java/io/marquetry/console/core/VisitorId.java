package io.marquetry.console.core;

import io.marquetry.bus.CatalogueMessage;
import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A visitor as people name one: a profile id, {@code anonymous:…} or {@code user:…}.
 *
 * @param key under which they are looked up
 * @param kind what kind of name it is
 */
public record VisitorId(String site, Id128 key, Kind kind) {
  /** What a visitor can be named by. */
  public enum Kind {
    DEVICE,
    PERSON,
    PROFILE
  }

  private static final String ANONYMOUS = "anonymous:";
  private static final String USER = "user:";

  /**
   * Reads one.
   *
   * @param site null for {@code demo}, or the only site there is
   * @throws Refused naming {@code field} where the text has another form
   */
  public static VisitorId parse(
      String field, String text, @Nullable String site, Catalogue catalogue, Ids ids) {
    var of = site == null ? defaultSite(catalogue) : site;
    if (text.startsWith(ANONYMOUS) && text.length() > ANONYMOUS.length()) {
      return new VisitorId(of, ids.device(of, text.substring(ANONYMOUS.length())), Kind.DEVICE);
    }
    if (text.startsWith(USER) && text.length() > USER.length()) {
      return new VisitorId(of, ids.user(of, text.substring(USER.length())), Kind.PERSON);
    }
    if (Id128.isId(text)) {
      return new VisitorId(of, Id128.parse(text), Kind.PROFILE);
    }
    throw new Refused(
        Reason.INVALID, field, "must be a profile id (32 hex digits), anonymous:… or user:…");
  }

  private static String defaultSite(Catalogue catalogue) {
    List<String> sites =
        catalogue.all(CatalogueMessage.Kind.SITE).stream().map(Definition::key).toList();
    return sites.size() == 1 ? sites.getFirst() : "demo";
  }

  /** The key where it is a device's, else null. */
  public @Nullable Id128 device() {
    return kind == Kind.PERSON ? null : key;
  }

  /** The key where it is a person's, else null. */
  public @Nullable Id128 person() {
    return kind == Kind.PERSON ? key : null;
  }
}
