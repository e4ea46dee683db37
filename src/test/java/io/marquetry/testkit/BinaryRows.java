package io.marquetry.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * The rows of a table as PostgreSQL's binary COPY has them, which can be put back without anything
 * knowing what is in their columns.
 */
final class BinaryRows {
  /** Signature and flags; behind them comes the length of an extension. */
  private static final int HEAD_BYTES = 15;

  private static final int SEND_BYTES = 1 << 20;

  private final String table;
  private final Map<String, Integer> columns;
  private final byte[] head;
  private final List<Line> all = new ArrayList<>();

  private BinaryRows(String table, Map<String, Integer> columns, byte[] bytes) {
    this.table = table;
    this.columns = columns;
    var copied = ByteBuffer.wrap(bytes).position(HEAD_BYTES);
    copied.position(copied.getInt() + copied.position());
    head = Arrays.copyOf(bytes, copied.position());
    for (int from = copied.position(); copied.getShort() >= 0; from = copied.position()) {
      var at = new int[columns.size()];
      for (int i = 0; i < at.length; i++) {
        int length = copied.getInt();
        at[i] = copied.position() - from;
        copied.position(copied.position() + Math.max(0, length));
      }
      all.add(new Line(Arrays.copyOfRange(bytes, from, copied.position()), at));
    }
  }

  /** Reads all of a table. */
  static BinaryRows of(Connection database, String table) throws SQLException {
    var columns = new HashMap<String, Integer>();
    try (var statement = database.createStatement();
        var nothing = statement.executeQuery("select * from " + table + " limit 0")) {
      for (int i = 1; i <= nothing.getMetaData().getColumnCount(); i++) {
        columns.put(nothing.getMetaData().getColumnName(i), i - 1);
      }
    }
    var copied = new ByteArrayOutputStream();
    try {
      copies(database).copyOut("copy " + table + " to stdout (format binary)", copied);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BinaryRows(table, columns, copied.toByteArray());
  }

  private static CopyManager copies(Connection database) throws SQLException {
    return database.unwrap(PGConnection.class).getCopyAPI();
  }

  List<Line> all() {
    return all;
  }

  /** Copies of those whose column is each of these, in that order. */
  List<Line> by(String column, List<byte[]> values) {
    var lines = new HashMap<ByteBuffer, Line>();
    int length = values.getFirst().length;
    all.forEach(line -> lines.put(ByteBuffer.wrap(line.get(column, length)), line));
    return values.stream()
        .map(value -> Objects.requireNonNull(lines.get(ByteBuffer.wrap(value)), "no such row"))
        .map(line -> new Line(line.bytes.clone(), line.at))
        .toList();
  }

  /**
   * Begins to fill the table, which must have been emptied in this transaction: its rows then need
   * no freezing later.
   */
  Filling fill(Connection database) throws SQLException {
    var copy = copies(database).copyIn("copy " + table + " from stdin (format binary, freeze)");
    return new Filling(copy, head);
  }

  /** A row. */
  final class Line {
    private final byte[] bytes;
    private final int[] at;

    private Line(byte[] bytes, int[] at) {
      this.bytes = bytes;
      this.at = at;
    }

    private int at(String column) {
      return at[Objects.requireNonNull(columns.get(column))];
    }

    private byte[] get(String column, int length) {
      return Arrays.copyOfRange(bytes, at(column), at(column) + length);
    }

    /** Puts another value, of the same length, into a column. */
    void set(String column, byte[] value) {
      System.arraycopy(value, 0, bytes, at(column), value.length);
    }
  }

  /** Rows on their way into a table; they are in it when this is closed. */
  static final class Filling implements AutoCloseable {
    private final CopyIn copy;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream(2 * SEND_BYTES);

    private Filling(CopyIn copy, byte[] head) {
      this.copy = copy;
      waiting.writeBytes(head);
    }

    void add(Line line) {
      waiting.writeBytes(line.bytes);
      if (waiting.size() >= SEND_BYTES) {
        send();
      }
    }

    private void send() {
      try {
        copy.writeToCopy(waiting.toByteArray(), 0, waiting.size());
        waiting.reset();
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() throws SQLException {
      waiting.writeBytes(new byte[] {-1, -1});
      send();
      copy.endCopy();
    }
  }
}
