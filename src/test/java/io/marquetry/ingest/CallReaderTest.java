package io.marquetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.ingest.CallReader.Call;
import io.marquetry.platform.Json;
import io.marquetry.testkit.RealData;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallReaderTest {

  private static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  private static String slice(byte[] body, Call call) {
    return new String(body, call.from(), call.to() - call.from(), StandardCharsets.UTF_8);
  }

  @Test
  void single_object_isOneCallWithItsKey() throws Exception {
    var body = bytes(" \r\n{'a':'\u00fc\ud83d\ude00','writeKey':'k'}\t\n");
    var calls = CallReader.single(body);
    assertThat(calls.writeKey()).isEqualTo("k");
    assertThat(calls.sentAt()).isNull();
    assertThat(calls.calls()).hasSize(1);
    assertThat(slice(body, calls.calls().getFirst()))
        .isEqualTo("{\"a\":\"\u00fc\ud83d\ude00\",\"writeKey\":\"k\"}");
  }

  @Test
  void single_byteOrderMark_isNoPartOfTheCall() throws Exception {
    var body = bytes("\ufeff {'a':1}");
    assertThat(slice(body, CallReader.single(body).calls().getFirst())).isEqualTo("{\"a\":1}");
  }

  @Test
  void batch_calls_areSlicesOfTheBody() throws Exception {
    var body =
        bytes(
            "{ 'sentAt' : 'now', 'x':{'batch':[1]}, 'batch' : [ {'a':{'b':['\u20ac',{}]}} ,\n\n{'c':'}]\\''},{} ] ,'writeKey':'\u00fc' }");
    var calls = CallReader.batch(body);
    assertThat(calls.writeKey()).isEqualTo("\u00fc");
    assertThat(calls.sentAt()).isEqualTo("now");
    assertThat(calls.calls())
        .extracting(call -> slice(body, call))
        .containsExactly("{\"a\":{\"b\":[\"\u20ac\",{}]}}", "{\"c\":\"}]\\\"\"}", "{}");
    assertThat(calls.calls()).allSatisfy(call -> assertThat(call.problem()).isEmpty());
  }

  @Test
  void batch_byteOrderMark_movesNoSlice() throws Exception {
    var body = bytes("\ufeff{'batch':[{'a':1},{'\u00fc':2}]}");
    assertThat(CallReader.batch(body).calls())
        .extracting(call -> slice(body, call))
        .containsExactly("{\"a\":1}", "{\"\u00fc\":2}");
  }

  @Test
  void batch_anyCalls_slicesReadBackToTheSameValues() throws Exception {
    for (long seed = 0; seed < 500; seed++) {
      var random = new SplittableRandom(seed);
      var expected = new ArrayList<Map<String, Object>>();
      for (int i = random.nextInt(6); i > 0; i--) {
        expected.add(randomCall(random));
      }
      var json = new LinkedHashMap<String, Object>();
      json.put("before \u00e9", randomCall(random));
      json.put("batch", expected);
      json.put("behind", randomCall(random));
      var mark = random.nextBoolean() ? "\ufeff" : "";
      var body =
          (mark + " ".repeat(random.nextInt(5)) + Json.writeText(json))
              .getBytes(StandardCharsets.UTF_8);
      var calls = CallReader.batch(body).calls();
      assertThat(calls).as("seed %d", seed).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        var call = calls.get(i);
        assertThat(call.json()).as("seed %d", seed).isEqualTo(expected.get(i));
        assertThat(Json.readOwn(slice(body, call))).as("seed %d", seed).isEqualTo(expected.get(i));
      }
    }
  }

  private static Map<String, Object> randomCall(SplittableRandom random) {
    var call = new LinkedHashMap<String, Object>();
    for (int i = random.nextInt(4); i > 0; i--) {
      var text = new StringBuilder();
      for (int c = random.nextInt(8_000 / (i * i * i * i)); c >= 0; c--) {
        text.appendCodePoint(random.nextBoolean() ? 'x' : 0x20AC + random.nextInt(0x10000));
      }
      var clean = text.toString().replaceAll("[\\ud800-\\udfff]", "\ud83d\ude00");
      call.put("f" + i, random.nextBoolean() ? clean : List.of(Map.of("deep", clean)));
    }
    return call;
  }

  @Test
  void batch_callOfAnotherType_isNoObjectAndSpoilsNoOther() throws Exception {
    var body = bytes("{'batch':[1,{'a':1},'x',null,[{}],{'b':2}]}");
    var calls = CallReader.batch(body).calls();
    assertThat(calls).hasSize(6);
    assertThat(calls.stream().filter(call -> call.json() != null).map(call -> slice(body, call)))
        .containsExactly("{\"a\":1}", "{\"b\":2}");
    assertThat(slice(body, calls.get(2))).isEqualTo("\"x\"");
    assertThat(slice(body, calls.get(4))).isEqualTo("[{}]");
    assertThat(calls.get(0).problem()).isEqualTo("an event must be a JSON object");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'twice':1,'twice':2}",
        "{'deep':[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
        "{'huge':1e999}",
      })
  void batch_callBeyondBounds_spoilsNoOther(String bad) throws Exception {
    var body = bytes("\ufeff{'batch':[{'a':'\u00fc'}, " + bad + " ,{'b':2}],'writeKey':'k'}");
    var calls = CallReader.batch(body);
    assertThat(calls.writeKey()).isEqualTo("k");
    assertThat(calls.calls())
        .extracting(call -> slice(body, call))
        .containsExactly("{\"a\":\"\u00fc\"}", bad.replace('\'', '"'), "{\"b\":2}");
    assertThat(calls.calls().get(0).json()).containsEntry("a", "\u00fc");
    assertThat(calls.calls().get(1).json()).isNull();
    assertThat(calls.calls().get(1).problem()).isNotEmpty();
    assertThat(calls.calls().get(2).json()).containsEntry("b", 2L);
  }

  @Test
  void batch_longNames_spoilNoOther() throws Exception {
    var body = bytes("{'batch':[{'" + "n".repeat(300) + "':1},{'b':2}]}");
    var calls = CallReader.batch(body).calls();
    assertThat(calls.get(0).json()).isNull();
    assertThat(calls.get(1).json()).containsEntry("b", 2L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "7",
        "'batch'",
        "{}",
        "{'batch':{}}",
        "{'batch':null}",
        "{'batch':[{}]",
        "{'batch':[{}]}}",
        "{'batch':[{}]} {}",
        "{'batch':[{},]}",
        "{'batch':[{'a':1,}]}",
        "{'batch':[{'a':'unfinished}]}",
        "{'batch':[{'a':tru}]}",
        "{batch:[]}",
      })
  void batch_noBatch_isMalformed(String text) {
    assertThatThrownBy(() -> CallReader.batch(bytes(text))).isInstanceOf(Json.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "[]", "1", "null", "{'a':1", "{'a':1}x", "{'a':1,'a':2}"})
  void single_noObject_isMalformed(String text) {
    assertThatThrownBy(() -> CallReader.single(bytes(text))).isInstanceOf(Json.Malformed.class);
  }

  /** Offsets into the bytes hold for UTF-8 alone, so nothing else may be guessed. */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
  void read_otherEncodings_areMalformed(String encoding) {
    var charset = Charset.forName(encoding);
    assertThatThrownBy(() -> CallReader.single("{\"a\":1}".getBytes(charset)))
        .isInstanceOf(Json.Malformed.class);
    assertThatThrownBy(() -> CallReader.batch("{\"batch\":[{}]}".getBytes(charset)))
        .isInstanceOf(Json.Malformed.class);
  }

  @Test
  void batch_moreCallsThanAllowed_isTooMany() throws Exception {
    var full = "{'batch':[" + "{},".repeat(CallReader.MAX_CALLS - 1) + "{}]}";
    assertThat(CallReader.batch(bytes(full)).calls()).hasSize(CallReader.MAX_CALLS);
    assertThatThrownBy(() -> CallReader.batch(bytes(full.replace("{}]", "{},{}]"))))
        .isInstanceOf(CallReader.TooMany.class);
    assertThatThrownBy(() -> CallReader.batch(bytes(full.replace("{}]", "{},{'a':1,'a':2}]"))))
        .isInstanceOf(CallReader.TooMany.class);
  }

  /**
   * Published cases: accepted and refused as they say, whole and as a call in a batch. We are
   * stricter in one point, on purpose: a field named twice is refused.
   */
  @Test
  @Tag("real-data")
  void read_publishedCases_areTakenExactlyAsTheySay() {
    var cases = RealData.objects("hostile-input/json_parsing.json.gz");
    var stricter = List.of("object_duplicated_key", "object_duplicated_key_and_value");
    for (var test : cases) {
      var name = String.valueOf(test.get("name"));
      var json = RealData.base64(test, "base64");
      boolean taken = taken(() -> Json.read(json), name);
      boolean inBatch = taken(() -> batchOf(json), name);
      if (stricter.contains(name)) {
        assertThat(taken).as(name).isFalse();
      } else if (!"either".equals(test.get("expect"))) {
        assertThat(taken).as(name).isEqualTo("accept".equals(test.get("expect")));
        assertThat(inBatch).as(name + " in a batch").isEqualTo(taken);
      }
    }
    assertThat(cases).hasSizeGreaterThan(100);
  }

  private interface Reading {
    void read() throws Exception;
  }

  private static boolean taken(Reading reading, String name) {
    try {
      reading.read();
      return true;
    } catch (Json.Malformed e) {
      assertThat(e.getMessage()).as(name).isNotBlank();
      return false;
    } catch (Exception | StackOverflowError e) {
      throw new AssertionError(name, e);
    }
  }

  private static void batchOf(byte[] json) throws Exception {
    var head = bytes("{'batch':[{'x':");
    var tail = bytes("}]}");
    var body = new byte[head.length + json.length + tail.length];
    System.arraycopy(head, 0, body, 0, head.length);
    System.arraycopy(json, 0, body, head.length, json.length);
    System.arraycopy(tail, 0, body, head.length + json.length, tail.length);
    for (var call : CallReader.batch(body).calls()) {
      if (call.json() == null) {
        throw new Json.Malformed(call.problem());
      }
    }
  }
}
