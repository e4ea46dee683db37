package io.marquetry.bus.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.kit.Id128;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bytes and back: exactly, across versions of the contract, and whatever the bytes are. */
class WireFormTest {
  private static final int MUTATIONS = 20_000;

  /** The contract before something was added to it. */
  public static final class Older {
    private Older() {}

    /** Its messages. */
    public static final class Contract {
      private Contract() {}

      /** A message of it. */
      public record Message(String name, List<Older.Contract.Item> items) {}

      /** What a message holds. */
      public record Item(Id128 id, int count) {}
    }
  }

  /** The contract with what was added, not only at the end. */
  public static final class Newer {
    private Newer() {}

    /** Its messages. */
    public static final class Contract {
      private Contract() {}

      /** A message of it. */
      public record Message(
          List<String> notes,
          String name,
          @Nullable Kind kind,
          List<Newer.Contract.Item> items,
          Map<String, Object> more,
          @Nullable Extra extra) {}

      /** What a message holds. */
      public record Item(Id128 id, long weight, int count, double share, boolean fresh) {}

      /** A record that the older one knows nothing of. */
      public record Extra(String text, List<Newer.Contract.Item> inner, Kind kind) {}

      /** One of few. */
      public enum Kind {
        GOOD,
        BETTER
      }
    }
  }

  /** A contract with something added that may not be missing. */
  public static final class Stricter {
    private Stricter() {}

    /** Its messages. */
    public static final class Contract {
      private Contract() {}

      /** A message of it. */
      public record Message(String name, String author) {}
    }
  }

  /** One of several. */
  public sealed interface Either {}

  /** This. */
  public record This(int number) implements Either {}

  /** Or that. */
  public record That(String text, Either other) implements Either {}

  /** A message of anything. */
  @SuppressWarnings("ArrayRecordComponent") // as messages have them
  public record Anything(@Nullable Object value, @Nullable Either either, byte[] raw) {
    static Anything of(@Nullable Object value) {
      return new Anything(value, null, new byte[0]);
    }
  }

  private static final WireForm OLDER = new WireForm(List.of(Older.Contract.Message.class));
  private static final WireForm NEWER = new WireForm(List.of(Newer.Contract.Message.class));
  private static final WireForm ANYTHING = new WireForm(List.of(Anything.class));

  private static final Newer.Contract.Item ITEM =
      new Newer.Contract.Item(new Id128(1, -2), 7, -3, 0.5, true);

  private static Newer.Contract.Message newer() {
    return new Newer.Contract.Message(
        List.of("a", "b"),
        "näme",
        Newer.Contract.Kind.BETTER,
        List.of(ITEM, ITEM),
        Map.of("list", List.of(1, 2L, 0.5, "x")),
        new Newer.Contract.Extra("extra", List.of(ITEM), Newer.Contract.Kind.GOOD));
  }

  @Test
  void read_whatIsWritten_isEqual() {
    assertThat(NEWER.read(NEWER.write(newer()), Newer.Contract.Message.class)).isEqualTo(newer());
  }

  @Test
  void read_plainValues_keepTheirWidth() {
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("null", null);
    map.put("", Arrays.asList(null, true, Integer.MIN_VALUE, Long.MIN_VALUE, Long.MAX_VALUE));
    map.put("real", List.of(-0.0, Double.NaN, Double.MAX_VALUE, Double.NEGATIVE_INFINITY));
    map.put("ids", List.of(new Id128(-1, 1)));
    map.put("text", "\u0000 ü 漢 😀");
    var back = ANYTHING.read(ANYTHING.write(Anything.of(map)), Anything.class);
    assertThat(back.value()).isEqualTo(map);
  }

  @Test
  void read_collections_cannotBeChanged() {
    var back = ANYTHING.read(ANYTHING.write(Anything.of(List.of(Map.of()))), Anything.class);
    assertThat(back.value()).isInstanceOf(Collections.unmodifiableList(List.of()).getClass());
  }

  @Test
  void read_sealedInterface_isWhatItWas() {
    var that = new That("outer", new That("inner", new This(3)));
    var message = new Anything(null, that, new byte[] {1, -1});
    var back = ANYTHING.read(ANYTHING.write(message), Anything.class);
    assertThat(back.either()).isEqualTo(that);
    assertThat(back.raw()).containsExactly(1, -1);
  }

  @Test
  void read_byAnOlderReader_passesOverWhatItDoesNotKnow() {
    var back = OLDER.read(NEWER.write(newer()), Older.Contract.Message.class);
    assertThat(back.name()).isEqualTo("näme");
    assertThat(back.items())
        .containsExactly(
            new Older.Contract.Item(ITEM.id(), -3), new Older.Contract.Item(ITEM.id(), -3));
  }

  @Test
  void read_byANewerReader_fillsInWhatWasNotKnown() {
    var older = new Older.Contract.Message("name", List.of(new Older.Contract.Item(ITEM.id(), 5)));
    var back = NEWER.read(OLDER.write(older), Newer.Contract.Message.class);
    var item = new Newer.Contract.Item(ITEM.id(), 0, 5, 0.0, false);
    assertThat(back)
        .isEqualTo(
            new Newer.Contract.Message(List.of(), "name", null, List.of(item), Map.of(), null));
  }

  @Test
  void read_whatMayNotBeMissing_isNamed() {
    var stricter = new WireForm(List.of(Stricter.Contract.Message.class));
    var bytes = OLDER.write(new Older.Contract.Message("name", List.of()));
    assertThatThrownBy(() -> stricter.read(bytes, Stricter.Contract.Message.class))
        .isInstanceOf(WireProblem.class)
        .hasMessage("Contract.Message.author is missing");
  }

  @Test
  void read_elementOfAnotherType_isRefusedWithItsPlace() {
    var bytes = ANYTHING.write(Anything.of(null));
    bytes[bytes.length - 2] = Tag.TEXT;
    assertThatThrownBy(() -> ANYTHING.read(bytes, Anything.class))
        .isInstanceOf(WireProblem.class)
        .hasMessage("WireFormTest.Anything.raw: String, expected byte[]");
  }

  @Test
  void write_withoutWireForm_isRefusedWithItsPlace() {
    assertThatThrownBy(() -> ANYTHING.write(Anything.of(List.of(new Object()))))
        .isInstanceOf(WireProblem.class)
        .hasMessageContaining("WireFormTest.Anything.value: java.lang.Object has no wire form");
    assertThatThrownBy(() -> ANYTHING.write(ITEM))
        .isInstanceOf(WireProblem.class)
        .hasMessageContaining("no record of the contract");
  }

  @Test
  void write_tooLongOrTooDeep_isRefused() {
    var half = new byte[WireForm.MAX_BYTES / 2];
    assertThatThrownBy(() -> ANYTHING.write(Anything.of(List.of(half, half))))
        .hasMessageContaining("bytes");
    Object deep = "end";
    for (int i = 0; i < WireForm.MAX_DEPTH; i++) {
      deep = List.of(deep);
    }
    var tooDeep = Anything.of(deep);
    assertThatThrownBy(() -> ANYTHING.write(tooDeep)).hasMessageContaining("inside of each other");
  }

  @Test
  void read_announcedLengths_areHeldAgainstWhatIsThere() {
    // Version, record, shape 0; then a name of two thousand million bytes.
    byte[] bytes = {1, Tag.RECORD, 0, -1, -1, -1, -1, 7};
    assertThatThrownBy(() -> ANYTHING.read(bytes, Anything.class))
        .isInstanceOf(WireProblem.class)
        .hasMessage("the message ends before what it announces");
    assertThatThrownBy(() -> ANYTHING.read(new byte[] {9}, Anything.class))
        .hasMessage("wire version 9, this process speaks 1");
    assertThatThrownBy(() -> ANYTHING.read(new byte[0], Anything.class))
        .isInstanceOf(WireProblem.class);
  }

  /** Whatever is done to the bytes: a record of the type asked for, or a problem in words. */
  @Test
  void read_damagedBytes_neverFailOtherwise() {
    var random = new SplittableRandom(7);
    var good = NEWER.write(newer());
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      var bytes =
          Arrays.copyOf(good, random.nextInt(8) == 0 ? random.nextInt(good.length) : good.length);
      for (int hits = random.nextInt(1, 4); hits > 0 && bytes.length > 0; hits--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(NEWER.read(bytes, Newer.Contract.Message.class)).isNotNull();
      } catch (WireProblem e) {
        refused++;
        assertThat(e.text()).isNotBlank();
      }
    }
    assertThat(refused).isBetween(MUTATIONS / 10, MUTATIONS - 1);
  }

  @Test
  void write_manyAlike_spellsNamesOnce() {
    var items = Collections.nCopies(500, new Older.Contract.Item(new Id128(1, 2), 3));
    var bytes = OLDER.write(new Older.Contract.Message("m", items));
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1).split("Contract.Item", -1))
        .hasSize(2);
    assertThat(bytes).hasSizeLessThan(500 * 22 + 100);
  }
}
