package io.marquetry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP answer, and ways to look into it: paths are names and list indexes joined by dots. */
public record Answer(int status, Map<String, List<String>> headers, String body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Answer of(HttpResponse<String> response) {
    return new Answer(response.statusCode(), response.headers().map(), response.body());
  }

  /** Itself, once the status is the one expected; else an assertion error that shows the body. */
  public Answer expect(int wanted) {
    assertThat(status).as("status of the answer: %s", shortened()).isEqualTo(wanted);
    return this;
  }

  private String shortened() {
    return body.length() > 2_000 ? body.substring(0, 2_000) + "…" : body;
  }

  /** The first value of a header, empty where there is none. */
  public String header(String name) {
    for (var header : headers.entrySet()) {
      if (header.getKey().equalsIgnoreCase(name)) {
        return header.getValue().getFirst();
      }
    }
    return "";
  }

  /** The body as a JSON object. */
  @SuppressWarnings("unchecked")
  public Map<String, Object> json() {
    try {
      return JSON.readValue(body, Map.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON object: " + shortened(), e);
    }
  }

  /** The value at a path, null where there is none. */
  public @Nullable Object at(String path) {
    return at(json(), path);
  }

  /** The text at a path; an assertion error where there is none. */
  public String text(String path) {
    return there(path, String.class);
  }

  /** The number at a path; an assertion error where there is none. */
  public double number(String path) {
    return there(path, Number.class).doubleValue();
  }

  /** The list at a path; an assertion error where there is none. */
  @SuppressWarnings("unchecked")
  public List<Object> list(String path) {
    return there(path, List.class);
  }

  private <T> T there(String path, Class<T> type) {
    var value = at(path);
    if (!type.isInstance(value)) {
      throw new AssertionError(
          "no %s at %s in %s".formatted(type.getSimpleName(), path, shortened()));
    }
    return type.cast(value);
  }

  /** The value at a path below a JSON value, null where there is none. */
  public static @Nullable Object at(@Nullable Object json, String path) {
    var value = json;
    for (var step : path.split("\\.", -1)) {
      if (value instanceof Map<?, ?> map) {
        value = map.get(step);
      } else if (value instanceof List<?> list && step.matches("\\d+")) {
        int index = Integer.parseInt(step);
        value = index < list.size() ? list.get(index) : null;
      } else {
        return null;
      }
    }
    return value;
  }

  static byte[] write(Object json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
