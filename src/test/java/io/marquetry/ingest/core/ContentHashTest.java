package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.IngestMessage.Event;
import io.marquetry.kit.Ids;
import io.marquetry.platform.Json;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  private static final EventParser PARSER = new EventParser(new Ids(new byte[32]));
  private static final String CALL =
      "{'type':'track','anonymousId':'a','userId':'u','event':'Bought','messageId':'m',"
          + "'properties':{'total':12,'items':[1,2],'new':true,'note':null}}";

  private static Event event(String json, @Nullable String cookie) {
    var arrival = new Arrival("shop", true, 1_000, null, cookie, "", "", "", false);
    var outcome = PARSER.parse(Json.readOwn(json.replace('\'', '"')), null, arrival, "");
    return ((EventParser.Outcome.Parsed) outcome).event();
  }

  private static long hash(String json) {
    return ContentHash.of(event(json, null));
  }

  /** Stored with every message: another value here means that every message was reused. */
  @Test
  void of_knownEvent_staysAsItIs() {
    assertThat(hash(CALL)).isEqualTo(GOLDEN);
  }

  private static final long GOLDEN = -9135279460821006587L;

  @Test
  void of_whatSendersRenew_makesNoDifference() {
    assertThat(hash(CALL.replace("'messageId'", "'timestamp':'2026-11-01T10:00:00Z','messageId'")))
        .isEqualTo(hash(CALL));
    assertThat(
            hash(
                CALL.replace("'messageId'", "'sentAt':'2026-11-01','context':{'a':1},'messageId'")))
        .isEqualTo(hash(CALL));
    assertThat(hash(CALL.replace("'total':12,'items':[1,2]", "'items':[1.0,2],'total':12.0")))
        .isEqualTo(hash(CALL));
  }

  @Test
  void of_anythingElse_makesADifference() {
    var hashes = new HashSet<Long>();
    hashes.add(hash(CALL));
    for (var change :
        new String[][] {
          {"'a'", "'b'"},
          {"'u'", "'v'"},
          {"Bought", "Sold"},
          {"12", "13"},
          {"[1,2]", "[2,1]"},
          {"[1,2]", "[[1,2]]"},
          {"[1,2]", "[1],'more':[2]"},
          {"[1,2]", "'[1,2]'"},
          {"true", "false"},
          {"null", "''"},
          {"'note'", "'toll'"},
          {"'total':12", "'totals':12"}
        }) {
      assertThat(hashes.add(hash(CALL.replace(change[0], change[1])))).as(change[1]).isTrue();
    }
  }

  @Test
  void of_browserThatDoesNotNameItself_isTheSameWithAnotherCookie() {
    var call = CALL.replace("'anonymousId':'a',", "");
    assertThat(ContentHash.of(event(call, "one"))).isEqualTo(ContentHash.of(event(call, "two")));
  }
}
