package io.marquetry.console.core;

import io.marquetry.bus.CatalogueMessage.AuditEntry;
import io.marquetry.bus.CatalogueMessage.Conflict;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.KeyView;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.bus.CatalogueMessage.Past;
import io.marquetry.bus.CatalogueMessage.PutDone;
import io.marquetry.bus.ConsentMessage.ConsentState;
import io.marquetry.bus.DeadLetterMessage.LetterCount;
import io.marquetry.bus.DeadLetterMessage.StoredLetter;
import io.marquetry.bus.DecisionLogMessage.DecisionRecord;
import io.marquetry.bus.DecisionLogMessage.Replayed;
import io.marquetry.bus.DecisioningMessage.Choice;
import io.marquetry.bus.IdentityMessage.Quarantine;
import io.marquetry.bus.IngestMessage.LogStatus;
import io.marquetry.bus.IngestMessage.Logged;
import io.marquetry.bus.SegmentationMessage.Backfills;
import io.marquetry.bus.SegmentationMessage.FillState;
import io.marquetry.kit.Id128;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How messages of the bus look to people and their scripts. */
public final class Views {
  private static final int SHORT = 8;
  private static final double MICROS = 1_000.0;

  private Views() {}

  /** Fields and values in turn, as an unmodifiable object that may hold nulls. */
  static Map<String, Object> object(@Nullable Object... fields) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < fields.length; i += 2) {
      object.put(String.valueOf(fields[i]), fields[i + 1]);
    }
    @SuppressWarnings("NullAway") // null is a JSON value
    Map<String, Object> result = Collections.unmodifiableMap(object);
    return result;
  }

  /** As put, with its version. */
  public static Map<String, Object> definition(Definition definition) {
    var view = new LinkedHashMap<>(definition.body());
    view.put("version", definition.version());
    return view;
  }

  /** What was put, and for a rule what it contradicts. */
  public static Map<String, Object> put(PutDone done) {
    var view = definition(done.definition());
    if (done.definition().kind() == Kind.RULE) {
      view = new LinkedHashMap<>(view);
      view.put("conflicts", done.conflicts().stream().map(Views::conflict).toList());
    }
    return view;
  }

  private static Map<String, Object> conflict(Conflict conflict) {
    return object(
        "rules", conflict.rules(),
        "kind", conflict.kind(),
        "overlap", conflict.overlap(),
        "text", conflict.text());
  }

  public static Map<String, Object> past(Past past) {
    return object(
        "version", past.version(),
        "at", Times.iso(past.at()),
        "actor", past.actor(),
        "deleted", past.deleted(),
        "body", past.deleted() ? null : past.body());
  }

  public static Map<String, Object> key(KeyView key) {
    var revoked = key.revokedAt();
    return object(
        "id", key.id(),
        "site", key.site(),
        "kind", key.kind(),
        "name", key.name(),
        "createdAt", Times.iso(key.createdAt()),
        "revokedAt", revoked == null ? null : Times.iso(revoked));
  }

  public static Map<String, Object> audit(AuditEntry entry) {
    return object(
        "id", entry.id(),
        "at", Times.iso(entry.at()),
        "actor", entry.audit().actor(),
        "operation", entry.audit().operation(),
        "target", entry.audit().target(),
        "before", entry.audit().before(),
        "after", entry.audit().after());
  }

  public static Map<String, Object> consent(ConsentState state) {
    return object(
        "purposes", state.purposes().toJson(),
        "version", state.version(),
        "at", state.version() == 0 ? null : Times.iso(state.at()),
        "source", state.source(),
        "explicit", state.explicit());
  }

  public static Map<String, Object> deadLetter(StoredLetter stored) {
    var letter = stored.letter();
    var retried = stored.retriedAt();
    return object(
        "id", stored.id(),
        "at", Times.iso(letter.at()),
        "site", letter.site(),
        "stage", letter.stage(),
        "reason", letter.reason(),
        "detail", letter.detail(),
        "messageId", letter.messageId(),
        "payload", letter.payload(),
        "retryable", !letter.origin().isEmpty(),
        "attempts", stored.attempts(),
        "retriedAt", retried == null ? null : Times.iso(retried),
        "outcome", stored.outcome());
  }

  public static Map<String, Object> letterCount(LetterCount count) {
    return object(
        "stage", count.stage(),
        "reason", count.reason(),
        "count", count.count(),
        "open", count.open());
  }

  /** An event in full, without the token that proved whose it is. */
  public static Map<String, Object> event(Logged logged) {
    var event = logged.event();
    var context = new LinkedHashMap<>(event.object("context"));
    context.remove("identityToken");
    return object(
        "position", logged.position(),
        "at", Times.iso(event.at()),
        "receivedAt", Times.iso(event.receivedAt()),
        "site", event.site(),
        "type", event.type().key(),
        "name", event.name(),
        "messageId", event.messageId(),
        "anonymousId", event.subject().anonymousId(),
        "userId", event.subject().userId(),
        "properties", event.object("properties"),
        "traits", event.object("traits"),
        "context", context,
        "flags", event.flags());
  }

  public static Map<String, Object> quarantine(Quarantine quarantine) {
    List<Map<String, Object>> suspects =
        quarantine.suspects().stream()
            .map(
                one ->
                    object(
                        "identifier", one.identifier().toString(),
                        "reason", one.reason(),
                        "since", Times.iso(one.since()),
                        "profileId", one.profile().toString()))
            .toList();
    return object(
        "people", quarantine.people(),
        "devices", quarantine.devices(),
        "quarantined", suspects);
  }

  /** How far the past of a segment has been counted, and whose past was more than is remembered. */
  public static Map<String, Object> backfill(String segment, Backfills backfills) {
    long total = 0;
    FillState underWay = null;
    for (var fill : backfills.fills()) {
      if (fill.segments().contains(segment)) {
        total = Math.max(total, fill.end());
        underWay = underWay == null && !fill.over() ? fill : underWay;
      }
    }
    var view =
        underWay == null
            ? object("state", "done", "done", total, "total", total)
            : progress(underWay, backfills.waiting());
    return object("backfill", view, "cut", backfills.cuts().getOrDefault(segment, 0L));
  }

  private static Map<String, Object> progress(FillState fill, String waiting) {
    return object(
        "state", waiting.isEmpty() ? "running" : "waiting",
        "done", Math.min(fill.position(), fill.end()),
        "total", fill.end());
  }

  /** The passes over the log that are not over. */
  public static Map<String, Object> backfills(Backfills backfills) {
    return object(
        "underWay",
        backfills.fills().stream()
            .filter(fill -> !fill.over())
            .map(
                fill -> {
                  var view = new LinkedHashMap<>(progress(fill, backfills.waiting()));
                  view.put("segments", fill.segments());
                  return view;
                })
            .toList(),
        "waiting",
        backfills.waiting().isEmpty() ? null : backfills.waiting(),
        "cuts",
        backfills.cuts());
  }

  public static Map<String, Object> log(LogStatus log) {
    return object(
        "backend", log.backend(),
        "position", log.position(),
        "applied", log.applied(),
        "stored", log.stored(),
        "duplicates", log.duplicates(),
        "aggregated", log.aggregated(),
        "deadLetters", log.deadLetters());
  }

  /** A decision in full, for whoever may read of visitors. */
  public static Map<String, Object> decision(DecisionRecord decision) {
    return object(
        "decisionId", decision.decision().toString(),
        "at", Times.iso(decision.at()),
        "site", decision.site(),
        "mode", decision.mode().key(),
        "profileId", text(decision.profile()),
        "page", decision.page(),
        "decisions", decision.choices().stream().map(Views::choice).toList(),
        "signals", decision.signals(),
        "consentVersion", decision.consentVersion(),
        "definitionsVersion", decision.definitions(),
        "millis", decision.micros() / MICROS);
  }

  /** A decision that was made again, beside what is logged of it. */
  public static Map<String, Object> replayed(Replayed replayed) {
    return object(
        "decisionId", replayed.logged().decision().toString(),
        "at", Times.iso(replayed.logged().at()),
        "identical", replayed.identical(),
        "loggedVersion", replayed.logged().definitions(),
        "definitionsVersion", replayed.definitions(),
        "logged", replayed.logged().choices().stream().map(Views::choice).toList(),
        "decisions", replayed.choices().stream().map(Views::choice).toList(),
        "unknown", replayed.unknown(),
        "counterfactuals",
            replayed.counterfactuals().stream()
                .map(
                    one ->
                        object(
                            "component", one.component(),
                            "without", one.signals(),
                            "variant", one.variant()))
                .toList());
  }

  private static Map<String, Object> choice(Choice choice) {
    List<Map<String, Object>> reasons =
        choice.reasons().stream()
            .map(
                reason -> object("kind", reason.kind(), "key", reason.key(), "text", reason.text()))
            .toList();
    var view =
        new LinkedHashMap<>(
            object(
                "component", choice.component(),
                "variant", choice.variant(),
                "strategy", choice.strategy(),
                "reasons", reasons,
                "confidence", choice.confidence(),
                "propensity", choice.propensity(),
                "fallbackStep", choice.fallbackStep()));
    var draw = choice.draw();
    if (draw != null) {
      view.put(
          "draw",
          object(
              "of", draw.of(),
              "epoch", draw.epoch(),
              "segments", draw.segments(),
              "arms", draw.arms(),
              "allocation", draw.allocation(),
              "eligible", draw.eligible()));
    }
    if (!choice.items().isEmpty()) {
      view.put(
          "items",
          choice.items().stream()
              .map(
                  item ->
                      object(
                          "id", item.item(),
                          "score", item.score(),
                          "confidence", item.confidence()))
              .toList());
    }
    return view;
  }

  /** An event for the feed: that it happened, never what is in it. */
  public static Map<String, Object> feedEvent(Logged logged) {
    var event = logged.event();
    var subject = event.subject();
    var visitor = subject.user() != null ? subject.user() : subject.device();
    return object(
        "at", Times.iso(event.at()),
        "site", event.site(),
        "type", event.type().key(),
        "name", event.name(),
        "visitor", shortened(visitor),
        "position", logged.position());
  }

  /** A decision for the feed: what was shown, never to whom or why. */
  public static Map<String, Object> feedDecision(DecisionRecord decision) {
    List<Map<String, Object>> shown =
        decision.choices().stream()
            .map(
                choice ->
                    object(
                        "component", choice.component(),
                        "variant", choice.variant(),
                        "strategy", choice.strategy()))
            .toList();
    return object(
        "at", Times.iso(decision.at()),
        "site", decision.site(),
        "mode", decision.mode().key(),
        "page", decision.page(),
        "visitor", shortened(decision.profile()),
        "shown", shown,
        "millis", decision.micros() / MICROS);
  }

  private static @Nullable String shortened(@Nullable Id128 id) {
    return id == null ? null : id.toString().substring(0, SHORT);
  }

  private static @Nullable String text(@Nullable Id128 id) {
    return id == null ? null : id.toString();
  }
}
