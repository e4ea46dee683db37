package io.marquetry.consent;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.Refused;
import io.marquetry.bus.Refused.Reason;
import io.marquetry.consent.core.ConsentLedger;
import io.marquetry.consent.core.Draft;
import io.marquetry.consent.core.Draft.Outcome;
import io.marquetry.consent.core.Receipt;
import io.marquetry.kit.Id128;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores changes in order of version, those that arrive while others are being stored together.
 *
 * <p>One statement is under way at a time. What it stored is accepted into the ledger and
 * announced, in order, before anything else is worked out; so changes of one visitor take effect in
 * the order in which they arrived. When it is unknown whether a statement took effect, what is
 * stored is read before the next one.
 */
final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final int BATCH = 256;
  private static final int PAGE = 10_000;

  private final ConsentStore store;
  private final ConsentLedger ledger;
  private final RandomGenerator random;
  private final int maxWaiting;
  private final Function<ConsentRecord, Map<String, Future<Long>>> announce;
  private final ArrayDeque<Change> waiting = new ArrayDeque<>();
  private String newest = Receipt.START;
  private boolean busy;
  private boolean uncertain;
  private boolean altered;

  /**
   * A change that holds from here.
   *
   * @param confirmed for each component when it confirmed; empty where nothing changed
   */
  record Stored(Outcome outcome, Map<String, Future<Long>> confirmed) {}

  private record Change(Function<Draft, Outcome> work, Promise<Stored> done) {}

  private record Worked(Outcome outcome, Promise<Stored> done) {}

  /**
   * @param announce called with every stored record, in order, before whoever asked for it hears;
   *     gives for each component when it confirmed
   */
  Journal(
      ConsentStore store,
      ConsentLedger ledger,
      RandomGenerator secureRandom,
      int maxWaiting,
      Function<ConsentRecord, Map<String, Future<Long>>> announce) {
    this.store = store;
    this.ledger = ledger;
    this.random = secureRandom;
    this.maxWaiting = maxWaiting;
    this.announce = announce;
  }

  /** Takes everything stored into the ledger. */
  Future<Void> load() {
    return catchUp(record -> Map.of());
  }

  /** In what way all is not well; empty where it is. */
  String trouble() {
    if (altered) {
      return "consent receipts do not verify";
    }
    return uncertain ? "consent cannot be stored now" : "";
  }

  /**
   * Works out a change when its turn comes and stores it. Fails with {@link Refused}: what the work
   * refuses, overload, or that it could not be stored.
   */
  Future<Stored> submit(Function<Draft, Outcome> work) {
    if (waiting.size() >= maxWaiting) {
      return Future.failedFuture(
          new Refused(Reason.OVERLOADED, "too many consent changes at once"));
    }
    var done = Promise.<Stored>promise();
    waiting.add(new Change(work, done));
    if (!busy) {
      next();
    }
    return done.future();
  }

  private void next() {
    if (waiting.isEmpty()) {
      return;
    }
    busy = true;
    (uncertain ? catchUp(announce) : Future.<Void>succeededFuture())
        .onSuccess(ready -> uncertain = false)
        .compose(ready -> storeBatch())
        .onComplete(
            done -> {
              busy = false;
              if (done.failed()) {
                LOG.error("consent could not be stored: {}", done.cause().toString());
                waiting.forEach(change -> change.done().fail(unavailable()));
                waiting.clear();
              }
              next();
            });
  }

  private Future<Void> storeBatch() {
    var draft = ledger.draft();
    var worked = new ArrayList<Worked>();
    while (!waiting.isEmpty() && worked.size() < BATCH) {
      var change = waiting.remove();
      try {
        worked.add(new Worked(change.work().apply(draft), change.done()));
      } catch (RuntimeException refused) {
        change.done().fail(refused);
      }
    }
    var receipts = receipts(draft.records());
    return (receipts.isEmpty() ? Future.<Void>succeededFuture() : store.append(receipts))
        .onSuccess(done -> announce(receipts, worked))
        .onFailure(
            failure -> {
              uncertain = true;
              worked.forEach(one -> one.done().fail(unavailable()));
            });
  }

  private void announce(List<Receipt> receipts, List<Worked> worked) {
    var confirmed = new HashMap<Long, Map<String, Future<Long>>>();
    for (var receipt : receipts) {
      confirmed.put(receipt.record().version(), accept(receipt, announce));
    }
    for (var one : worked) {
      one.done().complete(new Stored(one.outcome(), confirmed(confirmed, one.outcome())));
    }
  }

  private static Map<String, Future<Long>> confirmed(
      Map<Long, Map<String, Future<Long>>> confirmed, Outcome outcome) {
    return outcome instanceof Outcome.Changed(var record)
        ? confirmed.getOrDefault(record.version(), Map.of())
        : Map.of();
  }

  private List<Receipt> receipts(List<ConsentRecord> records) {
    var receipts = new ArrayList<Receipt>(records.size());
    var previous = newest;
    for (var record : records) {
      var salt = new Id128(random.nextLong(), random.nextLong());
      receipts.add(Receipt.after(previous, record, salt));
      previous = receipts.getLast().hash();
    }
    return receipts;
  }

  private Future<Void> catchUp(Function<ConsentRecord, Map<String, Future<Long>>> each) {
    return store
        .read(ledger.version(), PAGE)
        .compose(
            receipts -> {
              receipts.forEach(receipt -> verify(receipt, each));
              return receipts.size() == PAGE ? catchUp(each) : Future.succeededFuture();
            });
  }

  private void verify(
      Receipt receipt, Function<ConsentRecord, Map<String, Future<Long>>> announce) {
    if (!receipt.follows(newest) && !altered) {
      altered = true;
      LOG.error("consent receipts were altered at version {}", receipt.record().version());
    }
    accept(receipt, announce);
  }

  private Map<String, Future<Long>> accept(
      Receipt receipt, Function<ConsentRecord, Map<String, Future<Long>>> announce) {
    newest = receipt.hash();
    ledger.accept(receipt.record());
    return announce.apply(receipt.record());
  }

  private static Refused unavailable() {
    return new Refused(Reason.UNAVAILABLE, "consent cannot be stored now; nothing has changed");
  }
}
