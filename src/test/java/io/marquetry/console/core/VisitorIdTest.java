package io.marquetry.console.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bus.CatalogueMessage.Catalogue;
import io.marquetry.bus.CatalogueMessage.Definition;
import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.kit.Id128;
import io.marquetry.kit.Ids;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VisitorIdTest {
  private final Ids ids = new Ids(new byte[32]);

  private VisitorId parse(String text, @Nullable String site, String... sites) {
    var definitions =
        List.of(sites).stream().map(key -> new Definition(Kind.SITE, key, 1, Map.of())).toList();
    return VisitorId.parse("id", text, site, new Catalogue("", 1, definitions, List.of()), ids);
  }

  @Test
  void parse_eachForm_isTheKeyThatEventsGet() {
    assertThat(parse("anonymous:a:b", "shop").key()).isEqualTo(ids.device("shop", "a:b"));
    assertThat(parse("user:7", "shop").key()).isEqualTo(ids.user("shop", "7"));
    assertThat(parse("user:7", "shop").person()).isEqualTo(ids.user("shop", "7"));
    assertThat(parse("user:7", "shop").device()).isNull();
    assertThat(parse("0".repeat(31) + "f", "shop").key()).isEqualTo(new Id128(0, 15));
  }

  @Test
  void parse_noSite_takesTheOnlyOneElseDemo() {
    assertThat(parse("user:7", null, "shop").site()).isEqualTo("shop");
    assertThat(parse("user:7", null, "shop", "demo").site()).isEqualTo("demo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user:", "anonymous:", "7", "someone:x", "zz"})
  void parse_otherForms_areRefused(String text) {
    assertThatThrownBy(() -> parse(text, "shop")).hasMessageContaining("profile id");
  }
}
