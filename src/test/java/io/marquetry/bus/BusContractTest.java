package io.marquetry.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The contract between components: what is on the bus, that it survives the wire, and that nobody
 * changes it without seeing so.
 */
class BusContractTest {
  private static final Path GOLDEN = Path.of("src/test/resources/bus-contract.txt");
  private static final String REGENERATE = "marquetry.bus-contract.write";
  private static final int ROUNDS = 10;

  /** Values that whoever sends them made for the message and lets go of; copying would cost. */
  private static final Set<String> GIVEN_AWAY =
      Set.of(
          "Event.fields",
          "Audit.before",
          "Audit.after",
          "Rendered.content",
          "Decide.context",
          "Released.state",
          "Adopt.state",
          "ProfileView.profile",
          "Render.live");

  private static List<Class<?>> messages() {
    return BusCodec.messages().toList();
  }

  @Test
  void messages_all_areRecordsThatJavaCannotSerialize() {
    assertThat(messages()).isNotEmpty();
    for (var type : messages()) {
      assertThat(type.isRecord()).as("%s is a record", type).isTrue();
      assertThat(java.io.Serializable.class.isAssignableFrom(type))
          .as("%s would be serialized past our codec", type)
          .isFalse();
    }
  }

  @Test
  void messages_wireNames_areUnique() {
    assertThat(messages().stream().map(BusCodec::name)).doesNotHaveDuplicates();
  }

  @Test
  void codec_anyMessage_comesBackEqual() {
    var codec = new BusCodec();
    for (var type : messages()) {
      for (long seed = 0; seed < ROUNDS; seed++) {
        var message = (BusMessage) new RandomRecords(seed).make(type);
        var wire = Buffer.buffer("before");
        codec.encodeToWire(wire, message);
        var back = codec.decodeFromWire("before".length(), wire);
        assertThat(back)
            .as("%s, seed %d", type.getSimpleName(), seed)
            .usingRecursiveComparison()
            .withStrictTypeChecking()
            .isEqualTo(message);
      }
    }
  }

  @Test
  void codec_whatCannotBeSent_arrivesAsAProblem() {
    var codec = new BusCodec();
    var wire = Buffer.buffer();
    codec.encodeToWire(wire, new SegmentationMessage.ProfileView(Map.of("field", new Object())));
    assertThat(codec.decodeFromWire(0, wire))
        .isEqualTo(
            new BusCodec.Unreadable(
                "SegmentationMessage.ProfileView cannot be sent: SegmentationMessage.ProfileView"
                    + ".profile: java.lang.Object has no wire form"));
  }

  /** An exception would leave whoever waits for the answer waiting for ever. */
  @Test
  void codec_damagedBytes_arriveAsAProblemOrAMessage() {
    var codec = new BusCodec();
    for (var type : messages()) {
      var wire = Buffer.buffer();
      codec.encodeToWire(wire, (BusMessage) new RandomRecords(1).make(type));
      var random = new SplittableRandom(wire.length());
      for (int i = 0; i < 200; i++) {
        var bytes = wire.getBytes();
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        var hurt = Buffer.buffer(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
        assertThat(codec.decodeFromWire(0, hurt))
            .isInstanceOfAny(BusMessage.class, BusCodec.Unreadable.class);
      }
    }
  }

  /** By reference inside a process, so a list or map that its maker goes on changing is a trap. */
  @Test
  void messages_collections_areTheirOwn() {
    var changeable = new TreeSet<String>();
    for (var type : messages()) {
      for (long seed = 0; seed < ROUNDS; seed++) {
        var message = new RandomRecords(seed).make(type);
        for (var component : type.getRecordComponents()) {
          if (RandomRecords.isChangeable(RandomRecords.value(component, message))) {
            changeable.add(type.getSimpleName() + "." + component.getName());
          }
        }
      }
    }
    assertThat(changeable).isEqualTo(GIVEN_AWAY);
  }

  @Test
  void contract_asItIs_isTheOneThatWasAgreed() throws IOException {
    var actual = contract();
    if (Boolean.getBoolean(REGENERATE)) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, String.join("\n", actual) + "\n");
    }
    var agreed =
        Files.exists(GOLDEN) ? Files.readAllLines(GOLDEN, StandardCharsets.UTF_8) : List.of();
    assertThat(difference(agreed, actual))
        .as(
            "the contract changed; if that is meant, run"
                + " mvn test -Dtest=BusContractTest -D"
                + REGENERATE
                + "=true and commit "
                + GOLDEN)
        .isEmpty();
  }

  private static List<String> difference(List<?> agreed, List<String> actual) {
    var lines = new ArrayList<String>();
    agreed.stream().filter(line -> !actual.contains(line)).forEach(line -> lines.add("- " + line));
    actual.stream().filter(line -> !agreed.contains(line)).forEach(line -> lines.add("+ " + line));
    return lines;
  }

  private static List<String> contract() {
    var lines = new ArrayList<String>();
    lines.add(
        "# Every address of the bus and the shape of every message; BusContractTest keeps it.");
    lines.add("");
    lines.addAll(addresses());
    lines.add("");
    for (var shape : shapes().entrySet()) {
      lines.add(shape.getKey() + shape.getValue());
    }
    return lines;
  }

  private static Set<String> addresses() {
    var lines = new TreeSet<String>();
    for (var field : Addresses.class.getFields()) {
      lines.add(address(constant(field)));
    }
    for (var component : Addresses.DEFINED) {
      lines.add(address(Addresses.define(component)));
    }
    for (var component : Addresses.CONSENTED) {
      lines.add(address(Addresses.applyConsent(component)));
    }
    lines.add(address(Addresses.ping("<component>")));
    lines.remove("");
    return lines;
  }

  private static String address(Object address) {
    return switch (address) {
      case Ask<?, ?> ask ->
          "ask %s %s -> %s within %s"
              .formatted(
                  ask.address(),
                  BusCodec.name(ask.question()),
                  BusCodec.name(ask.answer()),
                  ask.timeout());
      case Topic<?> topic -> "topic %s %s".formatted(topic.address(), BusCodec.name(topic.type()));
      default -> "";
    };
  }

  private static Object constant(Field field) {
    try {
      return Modifier.isStatic(field.getModifiers()) ? field.get(null) : "";
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /** Messages, and every record and enum of ours that they carry. */
  private static Map<String, String> shapes() {
    var shapes = new TreeMap<String, String>();
    var open = new LinkedHashSet<Class<?>>(messages());
    while (!open.isEmpty()) {
      var type = open.removeFirst();
      if (shapes.putIfAbsent(BusCodec.name(type), shape(type)) == null && type.isRecord()) {
        Arrays.stream(type.getRecordComponents())
            .flatMap(component -> RandomRecords.classes(component.getGenericType()).stream())
            .filter(inner -> inner.getName().startsWith("io.marquetry."))
            .forEach(open::add);
      }
    }
    return shapes;
  }

  private static String shape(Class<?> type) {
    return type.isEnum()
        ? Arrays.stream(type.getEnumConstants())
            .map(String::valueOf)
            .collect(Collectors.joining(" | ", " = ", ""))
        : Arrays.stream(type.getRecordComponents())
            .map(BusContractTest::component)
            .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String component(RecordComponent component) {
    var nullable = RandomRecords.isNullable(component) ? "?" : "";
    var type =
        component.getGenericType().getTypeName().replaceAll("[a-z0-9]+\\.", "").replace('$', '.');
    return component.getName() + ": " + type + nullable;
  }
}
