package io.marquetry.consent;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.Purposes;
import io.marquetry.consent.core.Receipt;
import io.marquetry.platform.ComponentContext;
import io.marquetry.sim.Disk.Connection;
import io.marquetry.sim.Disk.Kind;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The consent receipts of a simulated installation, as {@link PgConsentStore} keeps them. */
public final class ConsentOnDisk {
  private final TreeMap<Long, Receipt> receipts = new TreeMap<>();
  private Sabotage sabotage = Sabotage.NONE;

  /** What is wrong with it, to see whether that is found out. */
  public enum Sabotage {
    NONE,
    /** Every refusal is a permission after a restart, by a chain of receipts that is whole. */
    FORGETS_REFUSALS
  }

  public void sabotage(Sabotage chosen) {
    sabotage = chosen;
  }

  /** Consent on this disk. */
  public VerticleBase verticle(ComponentContext component, Connection connection) {
    return new ConsentVerticle(component, vertx -> new Store(connection));
  }

  /** Everything recorded, in order. */
  public List<ConsentRecord> records() {
    return receipts.values().stream().map(Receipt::record).toList();
  }

  /** Whether the chain of receipts is whole. */
  public boolean isWhole() {
    var previous = Receipt.START;
    long version = 0;
    for (var receipt : receipts.values()) {
      if (!receipt.follows(previous) || receipt.record().version() != ++version) {
        return false;
      }
      previous = receipt.hash();
    }
    return true;
  }

  private final class Store implements ConsentStore {
    private final Connection connection;

    Store(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Future<List<Receipt>> read(long afterVersion, int limit) {
      return connection.run(
          Kind.READ,
          "receipts",
          () -> receipts.tailMap(afterVersion, false).values().stream().limit(limit).toList());
    }

    @Override
    public Future<Void> append(List<Receipt> added) {
      return connection.run(
          Kind.STATEMENT, "append from " + added.getFirst().record().version(), () -> write(added));
    }

    private @Nullable Void write(List<Receipt> added) {
      for (var receipt : added) {
        if (receipts.containsKey(receipt.record().version())) {
          throw new IllegalStateException("version is there already");
        }
      }
      added.forEach(receipt -> receipts.put(receipt.record().version(), kept(receipt)));
      return null;
    }

    private Receipt kept(Receipt receipt) {
      var salt = receipt.salt();
      if (sabotage == Sabotage.NONE || salt == null) {
        return receipt;
      }
      var it = receipt.record();
      var last = receipts.lowerEntry(it.version());
      var granted =
          new ConsentRecord(
              it.keys(),
              it.site(),
              Purposes.ALL,
              it.version(),
              it.at(),
              it.source(),
              it.explicit());
      return Receipt.after(last == null ? Receipt.START : last.getValue().hash(), granted, salt);
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
