package io.marquetry.decisioning;

import static io.marquetry.decisioning.DecisioningRig.await;
import static io.marquetry.decisioning.OfrepRig.FLAGS;
import static io.marquetry.decisioning.OfrepRig.IDS;
import static io.marquetry.decisioning.OfrepRig.PROFILE;
import static io.marquetry.decisioning.OfrepRig.context;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.DecisioningMessage.VisitorsChanged;
import io.marquetry.kit.Id128;
import io.marquetry.testkit.EventStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How those who have flags are told to fetch them again. */
class OfrepStreamsTest {
  private static final String REFETCH = "{\"type\":\"refetchEvaluation\"}";
  private OfrepRig ofrep;
  private final List<EventStream> streams = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  OfrepStreamsTest() {}

  @BeforeEach
  void open() throws Exception {
    ofrep = new OfrepRig();
  }

  @AfterEach
  void close() throws Exception {
    streams.forEach(EventStream::close);
    ofrep.close();
  }

  private EventStream listen(String uri, String... headers) {
    var all = new LinkedHashMap<String, String>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    var stream = EventStream.open(ofrep.face.address(uri), all);
    streams.add(stream);
    return stream;
  }

  private void change(Id128... visitors) {
    ofrep.face.rig.bus.publish(Addresses.VISITORS_CHANGED, new VisitorsChanged(List.of(visitors)));
  }

  private EventStream opened(String targetingKey) throws Exception {
    int before = ofrep.resolved.size();
    var stream = listen(ofrep.post(FLAGS, "public", context(targetingKey)).stream());
    assertThat(stream.status()).isEqualTo(200);
    assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
    ofrep.face.rig.until(() -> ofrep.resolved.size() == before + 2); // it knows its profile
    return stream;
  }

  @Test
  void stream_changeOfTheVisitor_tellsThemAndNobodyElse() throws Exception {
    var stream = opened("device-1");
    ofrep.others.put(IDS.device("shop", "device-2"), new Id128(5, 5));
    var other = opened("device-2");
    change(PROFILE);
    assertThat(stream.next()).isEqualTo(REFETCH);
    change(new Id128(5, 5));
    assertThat(other.next()).isEqualTo(REFETCH);
    assertThat(stream.poll(100)).isNull();
    change(IDS.device("shop", "device-1"));
    assertThat(stream.next()).isEqualTo(REFETCH);
    assertThat(other.poll(100)).isNull();
  }

  @Test
  void stream_visitorGoesUpInAnother_followsThem() throws Exception {
    var stream = opened("device-1");
    ofrep.profile = new Id128(8, 8);
    change(PROFILE);
    assertThat(stream.next()).isEqualTo(REFETCH);
    ofrep.face.rig.until(() -> ofrep.resolved.size() == 3);
    change(new Id128(8, 8));
    assertThat(stream.next()).isEqualTo(REFETCH);
  }

  @Test
  void stream_publish_tellsEverybody() throws Exception {
    var one = opened("device-1");
    var two = opened("device-2");
    ofrep.face.rig.bus.publish(Addresses.PUBLISHED, OfrepRig.catalogue(2));
    assertThat(one.next()).isEqualTo(REFETCH);
    assertThat(two.next()).isEqualTo(REFETCH);
  }

  @Test
  void stream_manyChangesAtOnce_areToldOnce() throws Exception {
    var stream = opened("device-1");
    for (int i = 0; i < 50; i++) {
      change(PROFILE);
    }
    assertThat(stream.next()).isEqualTo(REFETCH);
    assertThat(stream.poll(100)).isNull();
  }

  @Test
  void stream_changeJustBefore_isTold() throws Exception {
    var uri = ofrep.post(FLAGS, "public", context("device-1")).stream();
    change(PROFILE);
    assertThat(listen(uri).next()).isEqualTo(REFETCH);
  }

  @Test
  void stream_clientComesBack_isToldAtOnce() throws Exception {
    var stream = opened("device-1");
    change(PROFILE);
    assertThat(stream.next()).isEqualTo(REFETCH);
    assertThat(stream.lastId()).isNotEmpty();
    var uri = ofrep.post(FLAGS, "public", context("device-3")).stream();
    assertThat(listen(uri, "Last-Event-ID", stream.lastId()).next()).isEqualTo(REFETCH);
  }

  @Test
  void stream_beyondTheBound_isNeitherOfferedNorOpened() throws Exception {
    var uri = ofrep.post(FLAGS, "public", context("device-3")).stream();
    opened("device-1");
    opened("device-2");
    assertThat(ofrep.post(FLAGS, "public", context("device-3")).json().getJsonArray("eventStreams"))
        .isNull();
    var refused = listen(uri);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isEqualTo("1");
  }

  @Test
  void stream_passOfOurMaking_isTheOnlyOneThatOpens() throws Exception {
    var uri = ofrep.post(FLAGS, "public", context("device-1")).stream();
    assertThat(listen("/ofrep/v1/streams").status()).isEqualTo(401);
    assertThat(listen("/ofrep/v1/streams?pass=x.y").status()).isEqualTo(401);
    int middle = uri.indexOf('=') + 8;
    var altered =
        uri.substring(0, middle)
            + (uri.charAt(middle) == 'A' ? 'B' : 'A')
            + uri.substring(middle + 1);
    assertThat(listen(altered).status()).isEqualTo(401);
    ofrep.face.rig.pass(Duration.ofDays(3));
    assertThat(listen(uri).status()).isEqualTo(401);
  }

  @Test
  void stream_serverStops_ends() throws Exception {
    var stream = opened("device-1");
    await(ofrep.face.routes.close());
    stream.awaitEnd();
  }
}
