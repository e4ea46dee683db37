package io.marquetry.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.replay.Recording.Extent;
import io.marquetry.testkit.RealData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
  private static final String LOG =
      """
      visitor,item,category,event,timestamp_s
      1,10,5,view,1511658010
      2,10,5,view,1511658000
      damaged
      1,10,5,addtocart,1511658020
      """;

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<Recorded> events(Path file) throws Exception {
    var events = new ArrayList<Recorded>();
    Recording.open(file, "").play(events::add);
    return events;
  }

  @Test
  void measure_log_knowsItsExtent() throws Exception {
    var extent = Recording.open(file("a.csv", LOG), "").measure();
    assertThat(extent).isEqualTo(new Extent(3, 2, 0, 1, 1_511_658_000_000L, 1_511_658_020_000L));
  }

  @Test
  void measure_noTime_isDamaged() throws Exception {
    var header = "session,ms_since_first_query,event,item,user,date,order\n";
    var log = file("d.csv", header + "5,1,view,7,,2016-05-09,\n5,1,view,7,,2016-13-09,\n");
    var extent = Recording.open(log, "").measure();
    assertThat(extent.events()).isEqualTo(1);
    assertThat(extent.damaged()).isEqualTo(1);
  }

  @Test
  void play_listenerFails_isNotTakenForADamagedLine() throws Exception {
    var recording = Recording.open(file("a.csv", LOG), "");
    assertThatThrownBy(
            () ->
                recording.play(
                    event -> {
                      throw new IllegalArgumentException("the listener's own");
                    }))
        .hasMessage("the listener's own");
  }

  @Test
  void play_again_hasTheSameMessages() throws Exception {
    var file = file("a.csv", LOG);
    assertThat(events(file)).isEqualTo(events(file)).hasSize(3);
    assertThat(events(file)).extracting(e -> e.call().get("messageId")).doesNotHaveDuplicates();
  }

  @Test
  void play_sameLineElsewhere_isAnotherMessage() throws Exception {
    var header = "user,item,event\n";
    var first = events(file("a.csv", header + "1,2,view\n1,2,view\n"));
    var other = events(file("b.csv", header + "1,2,view\n"));
    assertThat(first.get(0).call().get("messageId"))
        .isNotEqualTo(first.get(1).call().get("messageId"))
        .isNotEqualTo(other.get(0).call().get("messageId"));
  }

  @Test
  void play_ownMessageId_isKept() throws Exception {
    var lines = "{\"messageId\":\"m1\",\"type\":\"page\"}\n\n{\"type\":\"page\"}\n";
    var events = events(file("a.jsonl", lines));
    assertThat(events.get(0).call()).containsEntry("messageId", "m1");
    assertThat(String.valueOf(events.get(1).call().get("messageId"))).startsWith("replay-");
  }

  @Test
  void open_gzip_isUnpackedWhateverItsName() throws Exception {
    var file = folder.resolve("packed");
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(LOG.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    assertThat(events(file)).hasSize(3);
  }

  @Test
  void open_emptyOrUnknown_isMisuse() throws Exception {
    var empty = file("a.csv", "");
    assertThatThrownBy(() -> Recording.open(empty, "")).isInstanceOf(Misuse.class);
    var unknown = file("b.csv", "x;y\n");
    assertThatThrownBy(() -> Recording.open(unknown, "")).isInstanceOf(Misuse.class);
    assertThat(Recording.open(unknown, "weblog").measure().damaged()).isEqualTo(1);
  }

  // ---- real logs, against counts that others made of them

  private static Map<String, Long> eventNames(List<Recorded> events) {
    var names = new TreeMap<String, Long>();
    events.forEach(e -> names.merge(String.valueOf(e.call().get("event")), 1L, Long::sum));
    return names;
  }

  @Test
  @Tag("real-data")
  void taobao_log_countsAsItsReferenceSays() throws Exception {
    var events = events(RealData.file("taobao-userbehavior/events.csv.gz"));
    var reference = RealData.object("taobao-userbehavior/reference_aggregates.json");
    var extent = Recording.open(RealData.file("taobao-userbehavior/events.csv.gz"), "").measure();
    assertThat(extent.events()).isEqualTo(reference.get("rows"));
    assertThat(extent.visitors()).isEqualTo(reference.get("visitors"));
    assertThat(extent.first() / 1_000).isEqualTo(reference.get("first_timestamp"));
    assertThat(extent.last() / 1_000).isEqualTo(reference.get("last_timestamp"));
    assertThat(extent.damaged() + extent.skipped()).isZero();
    var expected = new LinkedHashMap<String, Object>();
    var deeds =
        Map.of(
            "view", "Product Viewed",
            "addtocart", "Product Added",
            "favourite", "Product Added to Wishlist",
            "transaction", "Order Completed");
    ((Map<?, ?>) reference.getOrDefault("events", Map.of()))
        .forEach((deed, n) -> expected.put(String.valueOf(deeds.get(deed)), n));
    assertThat(eventNames(events)).containsExactlyInAnyOrderEntriesOf(cast(expected));
    assertThat(messageIds(events)).hasSize(events.size());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Long> cast(Map<String, Object> counts) {
    return (Map<String, Long>) (Map<?, ?>) counts;
  }

  private static HashSet<Object> messageIds(List<Recorded> events) {
    var ids = new HashSet<Object>();
    events.forEach(e -> ids.add(String.valueOf(e.call().get("messageId"))));
    return ids;
  }

  @Test
  @Tag("real-data")
  void otherShopLogs_everyRow_isAnEvent() throws Exception {
    for (var name :
        List.of(
            "retailrocket-dense/interactions.csv.gz",
            "diginetica-sample/events.csv.gz",
            "rees46-sample/events.csv.gz")) {
      var file = RealData.file(name);
      var extent = Recording.open(file, "").measure();
      assertThat(extent.events()).as(name).isEqualTo(RealData.lines(name).size() - 1);
      assertThat(extent.damaged() + extent.skipped()).as(name).isZero();
    }
    assertThat(eventNames(events(RealData.file("rees46-sample/events.csv.gz"))))
        .isEqualTo(Map.of("Product Viewed", 987L, "Product Added", 3L, "Order Completed", 10L));
  }

  @Test
  @Tag("real-data")
  void weblog_lines_areReadAsItsReferenceSays() throws Exception {
    var file = RealData.file("apache-weblog/access.log.gz");
    var reference = RealData.object("apache-weblog/reference_counts.json");
    var extent = Recording.open(file, "").measure();
    assertThat(extent.damaged()).isEqualTo(reference.get("unparsed"));
    assertThat(extent.events() + extent.skipped() + extent.damaged())
        .isEqualTo(reference.get("lines"));
    long pages =
        RealData.lines("apache-weblog/access.log.gz").stream()
            .filter(line -> line.matches(".*?\\] \"GET [^ ]+.*?\" (200|304) .*\""))
            .map(line -> line.substring(line.indexOf("\"GET ") + 5).split("[ ?]", 2)[0])
            .map(path -> path.substring(path.lastIndexOf('/') + 1))
            .filter(name -> name.matches("[^.]*|.*\\.|.*\\.(x?html|php|[0-9][^.]*)"))
            .count();
    assertThat(extent.events()).isEqualTo(pages);
  }
}
