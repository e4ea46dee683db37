package io.marquetry.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.marquetry.testkit.KafkaTopic;
import io.marquetry.testkit.RunningServer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The event log as it stands in the database, read without any code of the server. */
final class EventLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EventLog() {}

  /**
   * A row.
   *
   * @param call as it was sent
   */
  record Row(long position, String messageId, JsonNode call) {
    String text(String field) {
      return call.path(field).asText("");
    }
  }

  /** Everything, in order. */
  static List<Row> read(RunningServer server) {
    var all = new ArrayList<Row>();
    try (var session = server.database();
        var statement = session.createStatement();
        var rows = statement.executeQuery("select position, payload from event_log order by 1")) {
      while (rows.next()) {
        all.add(row(rows.getLong(1), rows.getBytes(2)));
      }
    } catch (SQLException | IOException e) {
      throw new AssertionError(e);
    }
    return all;
  }

  /** Everything in a topic of events, in order. */
  static List<Row> read(KafkaTopic topic) {
    var all = new ArrayList<Row>();
    try {
      for (var record : topic.events()) {
        all.add(row(KafkaTopic.position(record), record.value()));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return all;
  }

  private static Row row(long position, byte[] payload) throws IOException {
    var call = JSON.readTree(payload).path("call");
    return new Row(position, call.path("messageId").asText(), call);
  }

  static List<String> messageIds(RunningServer server) {
    return read(server).stream().map(Row::messageId).toList();
  }
}
