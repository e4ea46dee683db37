package io.marquetry.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
        var entry = JSON.readTree(rows.getBytes(2));
        var call = entry.path("call");
        all.add(new Row(rows.getLong(1), call.path("messageId").asText(), call));
      }
    } catch (SQLException | IOException e) {
      throw new AssertionError(e);
    }
    return all;
  }

  static List<String> messageIds(RunningServer server) {
    return read(server).stream().map(Row::messageId).toList();
  }
}
