package io.marquetry.ingest;

import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Incoming;
import io.marquetry.grant.ConsentCategories;
import io.marquetry.ingest.core.Arrival;
import io.marquetry.ingest.core.EventParser;
import io.marquetry.kit.Ids;
import io.marquetry.platform.IdentityKeys;
import io.marquetry.platform.IdentityTokens;
import io.marquetry.platform.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Makes what the face of ingest hands on. */
final class Beacons {
  private static final Vouching NO_TOKENS =
      new Vouching(new IdentityTokens(new IdentityKeys(IngestRig.SECRET)), List.of());

  private final EventParser parser = new EventParser(new Ids(IngestRig.SECRET));

  /** A beacon of the site {@code shop} with these calls, in JSON with single quotes. */
  Accept accept(String... calls) {
    return acceptAt("shop", calls);
  }

  Accept acceptAt(String site, String... calls) {
    var arrival =
        new Arrival(site, true, IngestRig.NOW.toEpochMilli(), null, null, "", "", "", false);
    var beacon =
        new Beacon(
            parser,
            new Beacon.Source(
                arrival, Intake.Sender.BROWSER, false, NO_TOKENS, ConsentCategories.COMMON),
            null,
            () -> "made-up");
    var text = "{\"batch\":[" + String.join(",", calls).replace('\'', '"') + "]}";
    var body = text.getBytes(StandardCharsets.UTF_8);
    try {
      CallReader.batch(body).calls().forEach(call -> beacon.add(body, call));
    } catch (Json.Malformed | CallReader.TooMany e) {
      throw new AssertionError(e);
    }
    return beacon.message();
  }

  static String page(String device, String messageId) {
    return "{'type':'page','anonymousId':'%s','messageId':'%s'}".formatted(device, messageId);
  }

  /** SQL that, until it is committed or not, makes every commit of this message wait. */
  String sayingItIsKnown(String messageId) {
    var id = new Ids(IngestRig.SECRET).message("shop", messageId);
    return "insert into message_seen values ('%s', '2026-11-22')"
        .formatted(new UUID(id.high(), id.low()));
  }

  Incoming event(String device, String messageId) {
    return accept(page(device, messageId)).events().getFirst();
  }

  /** Pages of many devices with ids {@code prefix0}, {@code prefix1}, … */
  Accept pages(String prefix, int n) {
    List<String> calls = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      calls.add(page("d" + i % 97, prefix + i));
    }
    return accept(calls.toArray(String[]::new));
  }
}
