package io.marquetry.console;

import io.marquetry.bus.Addresses;
import io.marquetry.bus.Bus;
import io.marquetry.bus.SystemMessage.Pong;
import io.marquetry.console.JsonDoor.Question;
import io.marquetry.console.core.Arguments;
import io.marquetry.console.core.Times;
import io.marquetry.kit.Ids;
import io.marquetry.platform.ComponentContext;
import io.marquetry.platform.Pg;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Administration. One instance, started after the components it looks at.
 *
 * <p>Serves every operation at {@code admin.<noun>.<verb>}, and for the doors, which the bridge
 * keeps shut, login, logout and who a token belongs to. A question is answered for whoever its
 * token belongs to and for nobody else: the doors are not trusted with more than carrying it.
 */
public final class ConsoleVerticle extends VerticleBase {
  /** Answers {@code {"password": …}} once, after a start that made up the first one. */
  public static final String FIRST_PASSWORD = "console.local.first-password";

  static final String ADMIN = "admin.";
  static final String LOGIN = "console.door.login";
  static final String LOGOUT = "console.door.logout";
  static final String SESSION = "console.door.session";

  /** Published with {@code {"session": id}} when a session ends. */
  static final String SESSION_ENDED = "console.door.session-ended";

  private static final Logger LOG = LoggerFactory.getLogger(ConsoleVerticle.class);
  private static final int CONNECTIONS = 2;
  private static final long SECOND = 1_000;

  private final ComponentContext setup;
  private final ConsoleConfig config;
  private Parts parts;
  private @Nullable String firstPassword;
  private String state = "loading";
  private boolean polling;

  /** What {@link #start} makes. */
  private record Parts(
      Bus bus,
      JsonDoor door,
      Accounts accounts,
      LiveFeeds feeds,
      SystemStatus status,
      Operations operations,
      DemoSeed demo) {}

  /** Reads its settings; the rest waits for {@link #start}. */
  @SuppressWarnings("NullAway.Init") // what hangs on the Vertx is made in start
  public ConsoleVerticle(ComponentContext setup) {
    this.setup = setup;
    this.config = ConsoleConfig.read(setup.settings());
  }

  @Override
  public Future<?> start() {
    parts = parts();
    return parts
        .accounts()
        .load(setup.server().adminPassword())
        .onSuccess(made -> firstPassword = made)
        .compose(loaded -> serve())
        .compose(served -> parts.feeds().start())
        .compose(started -> setup.server().demo() ? parts.demo().run() : noDemo())
        .onSuccess(problem -> state = problem.isEmpty() ? "ready" : "degraded: " + problem)
        .onSuccess(done -> vertx.setPeriodic(SECOND, timer -> tick()));
  }

  private static Future<String> noDemo() {
    return Future.succeededFuture("");
  }

  private Parts parts() {
    var bus = Bus.of(vertx);
    var door = new JsonDoor(vertx);
    var store = new PgAdminStore(Pg.pool(vertx, setup.database(), setup.component(), CONNECTIONS));
    var accounts =
        new Accounts(
            store,
            new Passwords(vertx),
            config,
            setup.clock(),
            ended -> door.publish(SESSION_ENDED, Map.of("session", ended)));
    var feeds = new LiveFeeds(bus, door, setup.clock(), config.feedPerSecond());
    var status = new SystemStatus(bus, setup, feeds, accounts);
    var definitions = new DefinitionOperations(bus);
    var handlers = new HashMap<String, Operation.Handler>();
    definitions.register(handlers);
    new KeyOperations(bus).register(handlers);
    new SegmentOperations(bus, setup.topology(), definitions).register(handlers);
    new LinkOperations(bus, setup).register(handlers);
    new TrialOperations(bus).register(handlers);
    var ids = new Ids(setup.secrets().ids());
    var lookup = new Lookup(bus, setup.topology(), ids, definitions);
    new VisitorOperations(bus, lookup).register(handlers);
    new PreviewOperations(bus, setup, definitions, lookup).register(handlers);
    new MergeOperations(bus, lookup).register(handlers);
    new BanditOperations(bus).register(handlers);
    new ModelOperations(bus, definitions).register(handlers);
    new EventOperations(bus, setup.topology(), ids, definitions).register(handlers);
    new DecisionOperations(bus).register(handlers);
    new InsightOperations(bus, setup.clock()).register(handlers);
    new ReplayOperations(bus).register(handlers);
    new UserOperations(bus, accounts, setup.clock()).register(handlers);
    status.register(handlers);
    var operations = new Operations(handlers);
    var demo = new DemoSeed(vertx, definitions, operations, DemoSeed::resource);
    return new Parts(bus, door, accounts, feeds, status, operations, demo);
  }

  private Future<?> serve() {
    var door = parts.door();
    var served = new ArrayList<Future<?>>();
    for (var operation : parts.operations().all()) {
      served.add(door.serve(ADMIN + operation.name(), asked -> call(operation, asked)));
    }
    served.add(door.serve(LOGIN, this::login));
    served.add(door.serve(LOGOUT, this::logout));
    served.add(door.serve(SESSION, this::session));
    served.add(door.serveHere(FIRST_PASSWORD, asked -> firstPassword()));
    served.add(
        parts
            .bus()
            .serve(
                Addresses.ping(setup.component()).to(0),
                ping -> Future.succeededFuture(new Pong(setup.component(), 0, state, 0))));
    return Future.all(served);
  }

  @Override
  public Future<?> stop() {
    return Future.all(parts.door().leave(), parts.bus().leave())
        .eventually(() -> parts.accounts().close());
  }

  private Future<Outcome> call(Operation operation, Question question) {
    var known = parts.accounts().find(question.token());
    if (known == null) {
      return Future.failedFuture(new Unauthorized("log in first"));
    }
    return parts
        .operations()
        .call(known.actor(), operation.name(), question.body())
        .map(Outcome::ok);
  }

  private Future<Outcome> login(Question question) {
    var arguments = Arguments.of(question.body());
    var user = arguments.text("user");
    var password = arguments.text("password");
    var address = arguments.text("address");
    arguments.end();
    return parts
        .accounts()
        .login(user, password, address)
        .map(
            login -> {
              var body = new LinkedHashMap<String, Object>();
              body.put("token", login.token());
              body.put("expiresAt", Times.iso(login.expiresAt()));
              body.put("user", login.actor().name());
              body.put("roles", login.actor().roleKeys());
              return Outcome.ok(body);
            });
  }

  private Future<Outcome> logout(Question question) {
    parts.accounts().logout(question.token());
    return Future.succeededFuture(Outcome.ok(Map.of("loggedOut", true)));
  }

  private Future<Outcome> session(Question question) {
    var known = parts.accounts().find(question.token());
    if (known == null) {
      return Future.failedFuture(new Unauthorized("log in first"));
    }
    return Future.succeededFuture(
        Outcome.ok(
            Map.of(
                "session",
                known.session(),
                "user",
                known.actor().name(),
                "roles",
                known.actor().roleKeys())));
  }

  private Future<Outcome> firstPassword() {
    var password = firstPassword;
    firstPassword = null;
    return Future.succeededFuture(
        Outcome.ok(password == null ? Map.of() : Map.of("password", password)));
  }

  private void tick() {
    parts.accounts().sweep();
    parts.feeds().tick();
    if (polling) {
      return; // the last round is still waiting for somebody
    }
    polling = true;
    parts
        .status()
        .status()
        .onSuccess(status -> parts.door().publish(LiveFeeds.STATUS, status))
        .onFailure(failure -> LOG.warn("the status cannot be told", failure))
        .onComplete(done -> polling = false);
  }

  /** What the bridge lets listeners hear. */
  static List<String> feeds() {
    return List.of(LiveFeeds.EVENTS, LiveFeeds.DECISIONS, LiveFeeds.STATUS);
  }
}
