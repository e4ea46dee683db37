package io.marquetry.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.StartupProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DatabaseTest {

  @Test
  void parse_fullUri_hasEveryPart() {
    assertThat(
            Database.parse("postgresql://ann%40x:p%2Fw+d%25@db_1.example:6543/mq?sslmode=require"))
        .isEqualTo(new Database("db_1.example", 6543, "mq", "ann@x", "p/w+d%", "require"));
  }

  @Test
  void parse_shortUri_hasDefaults() {
    assertThat(Database.parse("postgres://ann@db/mq"))
        .isEqualTo(new Database("db", 5432, "mq", "ann", "", "prefer"));
  }

  @Test
  void parse_ipv6Host_losesBracketsButKeepsThemInTheJdbcUrl() {
    var database = Database.parse("postgresql://ann:x@[::1]:5433/mq");
    assertThat(database.host()).isEqualTo("::1");
    assertThat(database.jdbcUrl()).startsWith("jdbc:postgresql://[::1]:5433/mq?sslmode=prefer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mysql://ann:s3cret@db/mq                      | is not of the form postgresql://
          postgresql://ann:s3/cret@db/mq                | is not of the form postgresql://
          postgresql://ann:s3cret%zz@db/mq              | has a % in its password
          postgresql://ann:s3cret@db:99999/mq           | has port '99999'; expected 1 to 65535
          postgresql://ann:s3cret@db:x/mq               | has port 'x'; expected 1 to 65535
          postgresql://ann:s3cret@/mq                   | names no host
          postgresql://ann:s3cret@db/                   | names no database
          postgresql://ann:s3cret@db                    | names no database
          postgresql://db/mq                            | names no user
          postgresql://ann:s3cret@db/mq?sslmode=maybe   | has sslmode 'maybe'; expected one of [disable
          postgresql://ann:s3cret@db/mq?target=any      | has the parameter 'target'; expected sslmode
          """)
  void parse_wrongUri_namesThePartAndNeverThePassword(String uri, String complaint) {
    assertThatThrownBy(() -> Database.parse(uri))
        .isInstanceOf(StartupProblem.class)
        .hasMessageStartingWith("MARQUETRY_PG_URI " + complaint)
        .hasMessageNotContaining("s3")
        .hasMessageNotContaining("\n");
  }

  @Test
  void fromEnvironment_unsetOrBlank_isEmpty() {
    assertThat(Database.fromEnvironment(Map.of())).isEmpty();
    assertThat(Database.fromEnvironment(Map.of(Database.VARIABLE, " "))).isEmpty();
  }

  @Test
  void fromEnvironment_set_isParsed() {
    assertThat(Database.fromEnvironment(Map.of(Database.VARIABLE, "postgresql://a:b@c/d")))
        .hasValue(new Database("c", 5432, "d", "a", "b", "prefer"));
  }

  @Test
  void verify_nobodyListens_namesHostAndPortButNotThePassword() throws IOException {
    var database = new Database("127.0.0.1", closedPort(), "mq", "ann", "s3cret");
    assertThatThrownBy(database::verify)
        .isInstanceOf(StartupProblem.class)
        .hasMessageStartingWith(
            "PostgreSQL at 127.0.0.1:" + database.port() + " is not reachable: Connection refused")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void verify_unknownHost_namesIt() {
    assertThatThrownBy(() -> new Database("nowhere.invalid", 5432, "mq", "ann", "x").verify())
        .isInstanceOf(StartupProblem.class)
        .hasMessageStartingWith("PostgreSQL at nowhere.invalid:5432 is not reachable: ");
  }

  @Test
  void toString_holdsNoPassword() {
    var database = new Database("h", 1, "n", "u", "s3cret");
    assertThat(database.toString()).doesNotContain("s3cret");
    assertThat(database.jdbcUrl()).doesNotContain("s3cret");
  }

  @Test
  void connectOptions_verifyFull_checksTheHostName() {
    var options = new Database("h", 1, "n", "u", "p", "verify-full").connectOptions();
    assertThat(options.getSslOptions().isTrustAll()).isFalse();
    assertThat(options.getSslOptions().getHostnameVerificationAlgorithm()).isEqualTo("HTTPS");
  }

  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
