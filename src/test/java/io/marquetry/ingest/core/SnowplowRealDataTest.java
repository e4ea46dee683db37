package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.bus.IngestMessage.EventType;
import io.marquetry.ingest.core.EventParser.Outcome;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import io.marquetry.testkit.RealData;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Events that real Snowplow trackers sent, from the tables they ended in back through our reader.
 */
@Tag("real-data")
class SnowplowRealDataTest {
  private static final String OURS = "iglu:com.snowplowanalytics.snowplow";
  private final EventParser parser =
      new EventParser(new Ids("0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));

  private static final Map<String, String> FIELDS = new LinkedHashMap<>();

  static {
    var pairs =
        ("event_id eid app_id aid platform p v_tracker tv user_id uid domain_userid duid"
                + " network_userid tnuid domain_sessionid sid domain_sessionidx vid page_url url"
                + " page_title page page_referrer refr useragent ua br_lang lang os_timezone tz"
                + " se_category se_ca se_action se_ac pp_xoffset_min pp_mix pp_xoffset_max pp_max"
                + " pp_yoffset_min pp_miy pp_yoffset_max pp_may")
            .split(" ");
    for (int i = 0; i < pairs.length; i += 2) {
      FIELDS.put(pairs[i], pairs[i + 1]);
    }
  }

  /** What the tracker sent for a row, as far as the row still says. */
  private static Map<String, Object> fields(Map<String, String> row) {
    var fields = new LinkedHashMap<String, Object>();
    FIELDS.forEach(
        (column, field) -> {
          var value = row.getOrDefault(column, "");
          if (!value.isEmpty()) {
            fields.put(field, value);
          }
        });
    fields.put(
        "e",
        switch (row.getOrDefault("event", "unstruct")) {
          case "page_view" -> "pv";
          case "page_ping" -> "pp";
          case "struct" -> "se";
          default -> "ue";
        });
    fields.put("dtm", millis(row.getOrDefault("dvce_created_tstamp", "")));
    return fields;
  }

  private static String millis(String time) {
    var local = LocalDateTime.parse(time.replace(' ', 'T').replace("+00:00", ""));
    return Long.toString(local.toInstant(ZoneOffset.UTC).toEpochMilli());
  }

  private static Map<String, Object> describing(String schema, Object data) {
    return Map.of("schema", schema, "data", data);
  }

  private Event event(Map<String, Object> fields) {
    var translation = SnowplowCalls.of(fields, false);
    assertThat(translation).as("%s", fields).isInstanceOf(Translation.Call.class);
    var arrival =
        new Arrival("shop", true, System.currentTimeMillis(), null, null, "", "", "", false);
    var json = Json.readOwn(Json.write(((Translation.Call) translation).json()));
    var outcome = parser.parse(json, null, arrival, "made-up");
    assertThat(outcome).as("%s", json).isInstanceOf(Outcome.Parsed.class);
    return ((Outcome.Parsed) outcome).event();
  }

  @Test
  void web_everyRow_isAnEventOfItsKindInItsPlace() {
    var counts = new LinkedHashMap<EventType, Integer>();
    for (var row : csv("snowplow-web/events.csv.gz")) {
      var fields = fields(row);
      if (fields.get("e").equals("ue")) {
        var schema =
            "iglu:%s/%s/jsonschema/%s"
                .formatted(
                    row.getOrDefault("event_vendor", ""),
                    row.getOrDefault("event_name", ""),
                    row.getOrDefault("event_version", ""));
        fields.put(SnowplowCalls.EVENT, Map.of("data", describing(schema, Map.of())));
      }
      var event = event(fields);
      counts.merge(event.type(), 1, Integer::sum);
      assertThat(event.messageId()).isEqualTo(row.get("event_id"));
      var device = String.valueOf(fields.getOrDefault("duid", fields.get("tnuid")));
      assertThat(event.subject().anonymousId()).isEqualTo(device);
      assertThat(Long.toString(event.at())).isEqualTo(fields.get("dtm"));
      if (event.object("context").get("page") instanceof Map<?, ?> page
          && !row.getOrDefault("page_urlpath", "").isEmpty()) {
        assertThat(page.get("path")).isEqualTo(row.get("page_urlpath"));
      }
    }
    assertThat(counts).containsEntry(EventType.PAGE, 23).containsEntry(EventType.TRACK, 71);
  }

  /** The counts of their own model, per session, come out of our events as well. */
  @Test
  void commerce_everySession_hasTheBasketsThatTheirModelCounts() {
    var actions = byRoot("context_action.csv");
    var products = byRoot("context_product.csv");
    var transactions = byRoot("context_transaction.csv");
    var steps = byRoot("context_checkout_step.csv");
    var bySession = new LinkedHashMap<String, Map<String, Integer>>();
    for (var row : csv("snowplow-ecommerce/events.csv.gz")) {
      var root = row.getOrDefault("event_id", "");
      var entities = new ArrayList<Object>();
      entity(entities, "product", products.get(root));
      entity(entities, "transaction", transactions.get(root));
      entity(entities, "checkout_step", steps.get(root));
      var fields = fields(row);
      var action = actions.getOrDefault(root, List.of(Map.of())).getFirst();
      var schema = OURS + ".ecommerce/snowplow_ecommerce_action/jsonschema/1-0-1";
      var data = Map.<String, Object>of("type", action.getOrDefault("type", ""));
      fields.put(SnowplowCalls.EVENT, Map.of("data", describing(schema, data)));
      fields.put(SnowplowCalls.ENTITIES, describing(OURS + "/contexts/jsonschema/1-0-0", entities));
      bySession
          .computeIfAbsent(row.getOrDefault("domain_sessionid", ""), key -> new LinkedHashMap<>())
          .merge(event(fields).name(), 1, Integer::sum);
    }
    var expected = csv("snowplow-ecommerce/expected_sessions.csv");
    assertThat(expected).hasSizeGreaterThan(20);
    for (var session : expected) {
      var names = bySession.getOrDefault(session.get("domain_sessionid"), Map.of());
      assertThat(names.getOrDefault("Product Added", 0))
          .isEqualTo(Integer.parseInt(session.getOrDefault("number_add_to_carts", "")));
      assertThat(names.getOrDefault("Product Removed", 0))
          .isEqualTo(Integer.parseInt(session.getOrDefault("number_remove_from_carts", "")));
    }
    assertThat(bySession.values().stream().mapToInt(n -> n.getOrDefault("Order Completed", 0)))
        .as("sessions with orders")
        .contains(1, 2);
  }

  private static void entity(List<Object> entities, String name, List<Map<String, String>> rows) {
    if (rows != null) {
      var schema = OURS + ".ecommerce/" + name + "/jsonschema/1-0-0";
      rows.forEach(row -> entities.add(describing(schema, row)));
    }
  }

  private static Map<String, List<Map<String, String>>> byRoot(String file) {
    var byRoot = new LinkedHashMap<String, List<Map<String, String>>>();
    for (var row : csv("snowplow-ecommerce/" + file)) {
      byRoot.computeIfAbsent(row.getOrDefault("root_id", ""), id -> new ArrayList<>()).add(row);
    }
    return byRoot;
  }

  private static List<Map<String, String>> csv(String file) {
    var lines = RealData.lines(file);
    var names = split(lines.getFirst());
    var rows = new ArrayList<Map<String, String>>();
    for (var line : lines.subList(1, lines.size())) {
      var values = split(line);
      var row = new LinkedHashMap<String, String>();
      for (int i = 0; i < Math.min(names.size(), values.size()); i++) {
        row.put(names.get(i), values.get(i));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Quoted values with doubled quotes; none of these files has a line break in a value. */
  private static List<String> split(String line) {
    var values = new ArrayList<String>();
    var value = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        value.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        values.add(value.toString());
        value.setLength(0);
      } else {
        value.append(c);
      }
    }
    values.add(value.toString());
    return values;
  }
}
