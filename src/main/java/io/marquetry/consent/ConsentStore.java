package io.marquetry.consent;

import io.marquetry.consent.core.Receipt;
import io.vertx.core.Future;
import java.util.List;

/** Where the receipts are kept: appended, never changed. */
interface ConsentStore {
  /** Receipts behind a version, in order. */
  Future<List<Receipt>> read(long afterVersion, int limit);

  /**
   * Appends receipts, all or none; refused where one of their versions is there already. A failure
   * may mean that it happened all the same.
   */
  Future<Void> append(List<Receipt> receipts);

  Future<Void> close();
}
