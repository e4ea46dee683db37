package io.marquetry.ingest;

import static io.marquetry.ingest.IngestRig.await;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.IngestMessage.Accept;
import io.marquetry.bus.IngestMessage.Accepted;
import io.marquetry.bus.IngestMessage.GetLogStatus;
import io.marquetry.bus.IngestMessage.LogStatus;
import io.marquetry.bus.IngestMessage.Verdict;
import io.marquetry.bus.Refused;
import io.marquetry.bus.SystemMessage.Ping;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.postgres.Database;
import io.marquetry.testkit.TestPostgres;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Ingest for one test, with a database of its own and neighbours that only keep to the contract.
 */
final class RunningIngest implements BeforeEachCallback, AfterEachCallback {
  static final int OWNERS = 2;
  static final long MIN_PENDING = 1 << 20;

  final IngestRig rig = new IngestRig();
  final Database database = TestPostgres.freshDatabase();
  final Neighbours neighbours = new Neighbours(rig.vertx, OWNERS);
  private final Function<Database, LogPlace> place;
  private String deployment = "";
  private LogPlace log;

  /**
   * @param place makes the log beside this database
   */
  @SuppressWarnings("NullAway.Init") // the log is made before each test
  RunningIngest(Function<Database, LogPlace> place) {
    this.place = place;
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    log = place.apply(database);
    rig.serveCatalogue();
    neighbours.start();
    deploy();
  }

  @Override
  public void afterEach(ExtensionContext test) {
    rig.close();
  }

  void deploy() {
    deploy(64 << 20);
  }

  void deploy(long maxPendingBytes) {
    var context =
        IngestRig.context(
            "ingest",
            Map.of("maxPendingBytes", maxPendingBytes),
            Map.of("identity", 1, "segmentation", OWNERS),
            database.connectOptions(),
            0,
            log.settings());
    deployment = await(rig.vertx.deployVerticle(new IngestVerticle(context)));
  }

  void undeploy() {
    await(rig.vertx.undeploy(deployment));
  }

  Future<Accepted> send(Accept accept) {
    return rig.bus.ask(Addresses.ACCEPT, accept);
  }

  List<Verdict> verdicts(Accept accept) {
    return await(send(accept)).verdicts();
  }

  Pong ping() {
    return await(rig.bus.ask(Addresses.ping("ingest").to(0), new Ping()));
  }

  LogStatus status() {
    return await(rig.bus.ask(Addresses.LOG_STATUS, new GetLogStatus()));
  }

  void cutConnections() {
    TestPostgres.execute(
        database,
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where application_name = 'marquetry-ingest' and datname = current_database()");
  }

  static Refused refusal(Future<?> future) {
    return Objects.requireNonNull(catchThrowableOfType(Refused.class, () -> await(future)));
  }

  /** How many events are in the log. */
  long stored() {
    return log.stored();
  }

  /** Adds an entry that is no JSON, and one that is no event, to a log with one entry. */
  void damage() {
    log.damage();
  }

  long count(String sql) {
    return count(database, sql);
  }

  static long count(Database database, String sql) {
    try (var session = database.connect();
        var rows = session.createStatement().executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
