package io.marquetry.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the pieces, the same slots as in the whole page, and every other byte as it came. */
final class SlotStreamTest {
  private static final String PAGE =
      """
      <!doctype html><html><head><title>a <mq-slot component="no"></mq-slot></title>
      <script>"<mq-slot component='no'>" // </head><!-- <script> </script> --></script></head><body>
      <!-- <mq-slot component="no"> --><p title="<mq-slot component='no'>">é</p>
      <mq-slot component="hero" class="wide" id=top data-mq-variant="old"><b>first é</b></mq-slot>
      <MQ-Slot COMPONENT='teaser'/><mq-slot component=hero></mq-slot >
      <esi:include src="/mq/components/nav"/><esi:include src="/other"/>
      <svg><title><mq-slot component=in-svg>x</mq-slot></title><![CDATA[<mq-slot component=no>]]></svg>
      <mq-slotted></mq-slotted><mq-slot component="two words">y</mq-slot><mq-slot>z</mq-slot>
      <textarea><mq-slot component="no"></textarea><style>/*<mq-slot>*/</style></body></html>
      <mq-slot component="last"><p>never closed\
      """;

  private static final String[] WORDS = {
    "<",
    ">",
    "/",
    "</",
    "<!",
    "<!--",
    "-->",
    "--!>",
    "-",
    "--",
    "<!-->",
    "<!--->",
    "<?",
    "=",
    "'",
    "\"",
    " ",
    "\n",
    "a",
    "é",
    "<p>",
    "<p title=\"",
    "<p a=b/",
    "</p>",
    "<script>",
    "</script>",
    "<script ",
    "</script ",
    "<style>",
    "</style>",
    "<title>",
    "</title>",
    "<svg>",
    "</svg>",
    "<![CDATA[",
    "]]>",
    "<mq-slot component=a>",
    "<MQ-SLOT component='b' class=x>",
    "<mq-slot component=\"c\"/>",
    "</mq-slot>",
    "</mq-slot >",
    "<mq-slot",
    " component=d",
    "<esi:include src=\"/mq/components/e\"/>",
    "<textarea>",
    "</textarea>",
    "<plaintext>",
    "<br/>",
    "<foreignObject>",
    "</foreignObject>",
    "<mq-sl",
    "ot component=f>"
  };

  /** What came out: text as it is, a slot as its component and markup in brackets. */
  private static final class Outline implements SlotStream.Out {
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();

    @Override
    public void pass(byte[] bytes, int offset, int length) {
      text.write(bytes, offset, length);
    }

    @Override
    public void slot(Slot slot) {
      text.writeBytes(("[" + slot.component() + ":").getBytes(StandardCharsets.UTF_8));
      text.writeBytes(slot.defaultMarkup());
      text.write(']');
    }

    @Override
    public String toString() {
      return text.toString(StandardCharsets.UTF_8);
    }
  }

  private static String streamed(byte[] page, int... ends) {
    var outline = new Outline();
    var stream = new SlotStream(outline);
    int start = 0;
    for (int end : ends) {
      stream.feed(Arrays.copyOfRange(page, start, end));
      start = end;
    }
    stream.feed(Arrays.copyOfRange(page, start, page.length));
    stream.end();
    return outline.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What the compiler of our own pages makes of the same source. */
  private static String compiled(String page) {
    var outline = new Outline();
    for (var part : PageTemplate.compile(page).parts()) {
      switch (part) {
        case Part.Static text -> outline.pass(text.bytes(), 0, text.bytes().length);
        case Slot slot -> outline.slot(slot);
        case Part.Marker ignored -> {}
      }
    }
    return outline.toString();
  }

  @Test
  void feed_page_findsTheSlotsAndLeavesTheRest() {
    var whole = streamed(bytes(PAGE));
    assertThat(whole)
        .contains("[hero:<b>first é</b>]", "[teaser:]", "[hero:]", "[nav:]", "[in-svg:x]")
        .contains("<esi:include src=\"/other\"/>", "<mq-slot component=\"two words\">y</mq-slot>")
        .contains("<mq-slot>z</mq-slot>")
        .endsWith("<mq-slot component=\"last\"><p>never closed")
        .doesNotContain("[no");
    var rest = whole.replaceAll("\\[(hero|teaser|nav|in-svg):[^\\]]*\\]", "");
    var expected =
        PAGE.replaceAll("<mq-slot component=\"hero\".*?</mq-slot>", "")
            .replace("<MQ-Slot COMPONENT='teaser'/>", "")
            .replace("<mq-slot component=hero></mq-slot >", "")
            .replace("<esi:include src=\"/mq/components/nav\"/>", "")
            .replace("<mq-slot component=in-svg>x</mq-slot>", "");
    assertThat(rest).isEqualTo(expected);
  }

  @Test
  void feed_splitAtEveryPosition_isTheSameAsWhole() {
    var page = bytes(PAGE);
    var whole = streamed(page);
    for (int at = 0; at <= page.length; at++) {
      assertThat(streamed(page, at)).as("split at %d", at).isEqualTo(whole);
    }
    int[] everywhere = new int[page.length];
    Arrays.setAll(everywhere, at -> at + 1);
    assertThat(streamed(page, everywhere)).isEqualTo(whole);
  }

  /** Seeded soup of the constructs that matter, whole and in pieces, against the compiler. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void feed_anySoup_agreesWithTheCompiler(long seed) {
    var random = new SplittableRandom(seed);
    int agreed = 0;
    for (int run = 0; run < 5_000; run++) {
      var soup = soup(random);
      var page = bytes(soup);
      var whole = streamed(page);
      var cuts = random.ints(6, 0, page.length + 1).sorted().toArray();
      assertThat(streamed(page, cuts)).as(soup).isEqualTo(whole);
      String compiled;
      try {
        compiled = compiled(soup);
      } catch (TemplateException refused) {
        continue;
      }
      agreed++;
      assertThat(whole).as(soup).isEqualTo(compiled);
    }
    assertThat(agreed).as("pages that our compiler takes").isGreaterThan(1_000);
  }

  private static String soup(SplittableRandom random) {
    var soup = new StringBuilder();
    int words = 1 + random.nextInt(14);
    for (int i = 0; i < words; i++) {
      soup.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return soup.toString();
  }

  @Test
  void feed_textBeforeASlot_isNotHeldBack() {
    var outline = new Outline();
    var stream = new SlotStream(outline);
    stream.feed(bytes("<p>now</p><mq-slot component=a>"));
    assertThat(outline.toString()).isEqualTo("<p>now</p>");
    stream.feed(bytes("x</mq-slot><di"));
    assertThat(outline.toString()).isEqualTo("<p>now</p>[a:x]<di");
  }

  @Test
  void feed_slotWithoutEnd_passesWhenItIsTooLong() {
    var outline = new Outline();
    var stream = new SlotStream(outline);
    stream.feed(bytes("<mq-slot component=a>"));
    var filler = "x".repeat(64 * 1024);
    for (int i = 0; i < 5; i++) {
      stream.feed(bytes(filler));
    }
    assertThat(outline.toString()).hasSizeGreaterThan(SlotStream.LONGEST);
    stream.feed(bytes("</mq-slot><mq-slot component=b>y</mq-slot>"));
    assertThat(outline.toString()).endsWith("</mq-slot>[b:y]");
  }

  @Test
  void feed_nestedSlots_passAsTheyStand() {
    var page =
        "<mq-slot component=a><mq-slot component=b>x</mq-slot></mq-slot><mq-slot component='c'/>";
    assertThat(streamed(bytes(page)))
        .isEqualTo("<mq-slot component=a><mq-slot component=b>x</mq-slot></mq-slot>[c:]");
  }

  @Test
  void renderAscii_pageOfAnyEncoding_keepsItsBytesAndRefersToOurs() {
    var page =
        "<mq-slot component=a title='\u00e9'>\u00e9</mq-slot>"
            .getBytes(StandardCharsets.ISO_8859_1);
    var slots = new java.util.ArrayList<Slot>();
    var stream =
        new SlotStream(
            new SlotStream.Out() {
              @Override
              public void pass(byte[] bytes, int offset, int length) {}

              @Override
              public void slot(Slot slot) {
                slots.add(slot);
              }
            });
    stream.feed(page);
    var variant =
        ComponentTemplate.compile(
                "<p>{{t}}</p>",
                FieldDefinition.parseAll(
                    java.util.List.of(java.util.Map.of("key", "t", "type", "text"))))
            .bind(java.util.Map.of("t", "ü😀"));
    var out = new Utf8Writer(16);
    slots
        .getFirst()
        .renderAscii(VariantHead.DEFAULT, Slot.decision("d"), variant, path -> null, out);
    assertThat(new String(out.toByteArray(), StandardCharsets.ISO_8859_1))
        .contains("title=\"\u00e9\"")
        .contains("<p>&#252;&#128512;</p>");
  }
}
