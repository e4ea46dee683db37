package io.marquetry.catalogue.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.bus.CatalogueMessage.Kind;
import io.marquetry.catalogue.core.Definitions.Latest;
import io.marquetry.platform.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefinitionsTest {
  private static Definitions with(String key, int version, String json) {
    return Definitions.NONE.with(new Latest(Kind.SEGMENT, key, version, Json.readOwn(json)));
  }

  @Test
  void contentVersion_sameContentWrittenOtherwise_isTheSame() {
    var one = with("a", 1, "{\"x\":1,\"y\":[1.0,true,null]}");
    var other = with("a", 7, "{\"y\":[1,true,null],\"x\":1.0}");
    assertThat(one.contentVersion()).isEqualTo(other.contentVersion()).hasSize(16);
  }

  @Test
  void contentVersion_anythingElse_isAnother() {
    var version = with("a", 1, "{\"x\":\"1\"}").contentVersion();
    assertThat(with("a", 1, "{\"x\":1}").contentVersion()).isNotEqualTo(version);
    assertThat(with("b", 1, "{\"x\":\"1\"}").contentVersion()).isNotEqualTo(version);
    assertThat(with("a", 1, "{\"x\":\"1\",\"y\":\"\"}").contentVersion()).isNotEqualTo(version);
  }

  /** Pins the form of the hash: decision logs hold it, so it may not change unnoticed. */
  @Test
  void contentVersion_known_isStable() {
    assertThat(with("a", 1, "{\"x\":1,\"t\":\"a\\\"b\"}").contentVersion())
        .isEqualTo("aab02d42d1bc5fc6");
  }

  @Test
  void with_deleted_isGoneButItsVersionCounts() {
    var all = with("a", 1, "{}").with(new Latest(Kind.SEGMENT, "a", 2, null));
    assertThat(all.has(Kind.SEGMENT, "a")).isFalse();
    assertThat(all.version(Kind.SEGMENT, "a")).isEqualTo(2);
    assertThat(all.list()).isEmpty();
    assertThat(all.contentVersion()).isEqualTo(Definitions.NONE.contentVersion());
  }

  @Test
  void same_nullAndEmpty_differ() {
    assertThat(Definitions.same(null, Map.of())).isFalse();
    assertThat(Definitions.same(Map.of(), Map.of())).isTrue();
  }
}
