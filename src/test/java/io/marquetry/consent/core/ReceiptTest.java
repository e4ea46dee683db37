package io.marquetry.consent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.ConsentMessage.ConsentRecord;
import io.marquetry.bus.Purposes;
import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptTest {
  private static final Id128 SALT = new Id128(8, 8);
  private static final Id128 KEY = new Id128(1, 1);

  @Test
  void follows_unalteredChain_holds() {
    var previous = Receipt.START;
    for (var receipt : chain()) {
      assertThat(receipt.follows(previous)).isTrue();
      previous = receipt.hash();
    }
  }

  @Test
  void follows_anythingAltered_fails() {
    var receipt = chain().get(1);
    var previous = chain().get(0).hash();
    var record = receipt.record();
    var altered =
        List.of(
            with(List.of(new Id128(1, 2)), "shop", 7, 2, 100, "api", true),
            with(record.keys(), "shoq", 7, 2, 100, "api", true),
            with(record.keys(), "shop", 6, 2, 100, "api", true),
            with(record.keys(), "shop", 7, 3, 100, "api", true),
            with(record.keys(), "shop", 7, 2, 101, "api", true),
            with(record.keys(), "shop", 7, 2, 100, "apj", true),
            with(record.keys(), "shop", 7, 2, 100, "api", false),
            with(record.keys(), "shopa", 7, 2, 100, "pi", true));
    assertThat(receipt.follows(previous)).isTrue();
    for (var other : altered) {
      var forged = new Receipt(other, SALT, receipt.subject(), receipt.hash());
      assertThat(forged.follows(previous)).as("%s", other).isFalse();
    }
    assertThat(receipt.follows(Receipt.START)).as("one left out before it").isFalse();
  }

  @Test
  void follows_subjectErased_stillHolds() {
    var receipt = chain().get(1);
    var erased = with(List.of(), "shop", 7, 2, 100, "api", true);
    assertThat(
            new Receipt(erased, null, receipt.subject(), receipt.hash())
                .follows(chain().get(0).hash()))
        .isTrue();
  }

  @Test
  void after_fixedInput_keepsItsGoldenHash() {
    assertThat(chain().getLast().hash())
        .isEqualTo("0cfc3e1802c518d37d35b5e749c3cac786f171bf049bc04b46ca5ba6dc461f66");
  }

  private static List<Receipt> chain() {
    var receipts = new ArrayList<Receipt>();
    var previous = Receipt.START;
    for (int version = 1; version <= 3; version++) {
      var record = with(List.of(KEY), "shop", 7, version, 100, "api", true);
      receipts.add(Receipt.after(previous, record, SALT));
      previous = receipts.getLast().hash();
    }
    return receipts;
  }

  private static ConsentRecord with(
      List<Id128> keys,
      String site,
      int purposes,
      long version,
      long at,
      String source,
      boolean explicit) {
    return new ConsentRecord(keys, site, new Purposes(purposes), version, at, source, explicit);
  }
}
