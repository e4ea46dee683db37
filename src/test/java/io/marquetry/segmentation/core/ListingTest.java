package io.marquetry.segmentation.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.kit.Id128;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ListingTest {
  @Test
  void page_oneAfterTheOther_givesAllInOrder() {
    var random = new Random(5);
    var ids = new TreeSet<Id128>();
    for (int i = 0; i < 5_000; i++) {
      ids.add(new Id128(random.nextInt(3) == 0 ? i : random.nextLong(), random.nextLong()));
    }
    var listing = new Listing(ids.toArray(Id128[]::new));

    var found = new ArrayList<Id128>();
    for (var page = listing.page(null, 333);
        !page.isEmpty();
        page = listing.page(found.getLast(), 333)) {
      found.addAll(page);
    }

    assertThat(found).containsExactlyElementsOf(ids);
    assertThat(new Listing(new Id128[0]).page(null, 10)).isEqualTo(List.of());
  }
}
