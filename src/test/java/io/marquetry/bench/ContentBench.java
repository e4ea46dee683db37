package io.marquetry.bench;

import io.marquetry.content.Bindings;
import io.marquetry.content.BoundVariant;
import io.marquetry.content.ComponentTemplate;
import io.marquetry.content.FieldDefinition;
import io.marquetry.content.FieldType;
import io.marquetry.content.PageTemplate;
import io.marquetry.content.Part;
import io.marquetry.content.Sink;
import io.marquetry.content.Slot;
import io.marquetry.content.VariantHead;
import io.marquetry.content.VariantStyle;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A page of about 10 kB with six components, against copying the same bytes in one go. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class ContentBench {
  private static final int SLOTS = 6;

  private PageTemplate page = PageTemplate.compile("");
  private BoundVariant still = variant(Map.of("title", "x"));
  private BoundVariant live = still;
  private VariantHead head = VariantHead.DEFAULT;
  private final References references = new References();
  private final Copy copy = new Copy();
  private byte[] ready = new byte[0];

  private static final class References implements Sink {
    private final byte[][] chunks = new byte[128][];
    private int count;

    @Override
    public void write(byte[] bytes, int offset, int length) {
      chunks[count++] = bytes;
    }
  }

  private static final class Copy implements Sink {
    private final byte[] buffer = new byte[32 * 1024];
    private int size;

    @Override
    public void write(byte[] bytes, int offset, int length) {
      System.arraycopy(bytes, offset, buffer, size, length);
      size += length;
    }
  }

  @Setup
  public void setUp() {
    String between = "<p class=\"copy\">Some text of the page itself. </p>\n".repeat(22);
    StringBuilder html = new StringBuilder("<html><head></head><body>").append(between);
    for (int i = 0; i < SLOTS; i++) {
      html.append("<mq-slot component=\"c").append(i).append("\">default</mq-slot>");
      html.append(between);
    }
    page = PageTemplate.compile(html.append("</body></html>").toString());
    Map<String, ?> bound = Map.of("$from", "traits.name");
    still = variant(Map.of("title", "A title", "name", "friend"));
    live = variant(Map.of("title", "A title", "name", bound));
    head = VariantHead.of("summer", VariantStyle.parse(Map.of("class", "wide")), null);
    ready = new byte[joined(still)];
  }

  private static BoundVariant variant(Map<String, ?> content) {
    String template =
        "<section class=\"hero\"><h2>{{title}}</h2><p>Hello {{name}}, look at this.</p>"
            + "<a href=\"/offers\">See the offers</a></section>";
    return ComponentTemplate.compile(
            template,
            List.of(
                FieldDefinition.of("title", FieldType.TEXT),
                FieldDefinition.of("name", FieldType.TEXT)))
        .bind(content);
  }

  private int assemble(BoundVariant variant, Bindings bindings, Sink sink) {
    byte[] decision = Slot.decision("01J9ZC5T0W5Y8Q4N7H6K3M2B1A");
    int length = 0;
    for (Part part : page.parts()) {
      switch (part) {
        case Part.Static chunk -> {
          sink.write(chunk.bytes());
          length += chunk.bytes().length;
        }
        case Slot slot -> length += slot.render(head, decision, variant, bindings, sink);
        case Part.Marker marker -> {}
      }
    }
    return length;
  }

  private int joined(BoundVariant variant) {
    copy.size = 0;
    return assemble(variant, path -> "Ann", copy);
  }

  /** The floor: the finished page copied once. */
  @Benchmark
  public byte[] rawCopy() {
    System.arraycopy(ready, 0, copy.buffer, 0, ready.length);
    return copy.buffer;
  }

  /** Six static variants, chunks handed over by reference. */
  @Benchmark
  public int staticByReference() {
    references.count = 0;
    return assemble(still, Bindings.NONE, references);
  }

  /** Six static variants, every chunk copied into one buffer. */
  @Benchmark
  public int staticJoined() {
    return joined(still);
  }

  /** Six variants with one live text each, copied into one buffer. */
  @Benchmark
  public int liveJoined() {
    return joined(live);
  }
}
