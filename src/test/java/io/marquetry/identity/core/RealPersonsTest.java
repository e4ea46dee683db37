package io.marquetry.identity.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import io.marquetry.testkit.RealData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Records of persons, each taken for a browser whose owner identifies by their number: whoever has
 * the same number is found, nobody else is, in whatever order they come.
 */
@Tag("real-data")
class RealPersonsTest {
  private static final Ids IDS = new Ids("0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

  @Test
  void link_recordsWithTheSameNumber_areOnePersonAndNobodyElseIs() {
    var records = RealData.lines("identity-febrl/records.csv.gz");
    var header = Arrays.asList(records.getFirst().split(",", -1));
    int number = header.indexOf("soc_sec_id");
    var rows = new ArrayList<>(records.subList(1, records.size()));
    for (int seed = 0; seed < 3; seed++) {
      Collections.shuffle(rows, new Random(seed));
      var persons = resolve(rows, number);
      var truth = truth();
      long pairs = pairs(persons, (one, other) -> true);
      long right = pairs(persons, (one, other) -> truth.get(one).equals(truth.get(other)));
      assertThat(pairs).as("as the reference counts for this rule").isEqualTo(2_807);
      assertThat(right).as("precision 1").isEqualTo(pairs);
    }
  }

  /** Which profile each record ends up in. */
  private static Map<String, Id128> resolve(List<String> rows, int number) {
    var graph = new IdentityGraph();
    var rule = new LinkRule(graph, Limits.DEFAULT);
    long position = 0;
    for (var row : rows) {
      var fields = row.split(",", -1);
      var user = fields[number].isBlank() ? null : IDS.user("febrl", fields[number]);
      position++;
      rule.link(position, Events.of(position, IDS.device("febrl", fields[0]), null, user, null));
    }
    var profiles = new HashMap<String, Id128>();
    for (var row : rows) {
      var record = row.substring(0, row.indexOf(','));
      profiles.put(record, graph.find(IDS.device("febrl", record), null));
    }
    return profiles;
  }

  private interface Pairing {
    boolean counts(String one, String other);
  }

  private static long pairs(Map<String, Id128> profiles, Pairing which) {
    var members = new HashMap<Id128, List<String>>();
    profiles.forEach(
        (record, id) -> members.computeIfAbsent(id, at -> new ArrayList<>()).add(record));
    long pairs = 0;
    for (var group : members.values()) {
      for (int i = 0; i < group.size(); i++) {
        for (int j = 0; j < i; j++) {
          pairs += which.counts(group.get(i), group.get(j)) ? 1 : 0;
        }
      }
    }
    return pairs;
  }

  private static Map<String, String> truth() {
    var truth = new HashMap<String, String>();
    for (var line : RealData.lines("identity-febrl/truth.csv")) {
      var fields = line.split(",", -1);
      truth.put(fields[0], fields[1]);
    }
    return truth;
  }
}
