package io.marquetry.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** A page as it came, and which variant each of its components shows. */
public record ShownPage(Answer answer) {
  private static final Pattern TAG = Pattern.compile("<[^>]*data-mq-component=[^>]*>");
  private static final Pattern ATTRIBUTE = Pattern.compile("data-mq-(\\w+)=\"([^\"]*)\"");

  /** Component to variant; a slot whose own markup stayed is not among them. */
  public Map<String, String> variants() {
    var variants = new LinkedHashMap<String, String>();
    TAG.matcher(answer.body())
        .results()
        .map(tag -> attributes(tag.group()))
        .forEach(
            tag ->
                variants.put(tag.getOrDefault("component", ""), tag.getOrDefault("variant", "")));
    return variants;
  }

  /** The variant that a component shows, empty where its slot keeps its own markup. */
  public String variant(String component) {
    return variants().getOrDefault(component, "");
  }

  /** The decision behind the page, empty where nothing was decided. */
  public String decision() {
    return TAG.matcher(answer.body())
        .results()
        .map(tag -> attributes(tag.group()).getOrDefault("decision", ""))
        .findFirst()
        .orElse("");
  }

  public String html() {
    return answer.body();
  }

  private static Map<String, String> attributes(String tag) {
    var attributes = new LinkedHashMap<String, String>();
    ATTRIBUTE
        .matcher(tag)
        .results()
        .forEach(found -> attributes.put(found.group(1), found.group(2)));
    return attributes;
  }
}
