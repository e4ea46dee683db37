package io.marquetry.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A marketer makes links for a mail; what is done with them ends in the profile. */
@Tag("server")
class MailLinksTest {
  @RegisterExtension
  static final RunningServer SERVER =
      RunningServer.with().setting("http", "paths", Map.of("/r", "/go")).prepared();

  private static final String TARGET = "https://shop.test/sale";

  @Test
  void links_madeForRecipients_tellOfClicksAndOpenings() {
    var key = SERVER.admin("keys.create", Map.of("site", "demo", "kind", "server")).text("key");
    var consent = Map.of("userId", "jo", "purposes", Map.of("analytics", true));
    SERVER
        .exchange("PUT", "/v1/consent", consent, Map.of("Authorization", "Bearer " + key))
        .expect(200);
    var made =
        SERVER.admin(
            "links.sign",
            Map.of(
                "site",
                "demo",
                "target",
                TARGET,
                "properties",
                Map.of("campaign", "spring"),
                "recipients",
                List.of(Map.of("userId", "jo"), Map.of("userId", "silent-recipient"))));
    assertThat(made.list("links")).hasSize(2);
    var open = SERVER.admin("links.sign", Map.of("site", "demo", "kind", "open", "userId", "jo"));

    var path = made.text("links.0.path");
    assertThat(path).startsWith("/go/");
    assertThat(SERVER.get(path).expect(302).header("Location")).isEqualTo(TARGET);
    SERVER.get(made.text("links.1.path")).expect(302);
    SERVER.get(open.text("path")).expect(200);

    assertThat(SERVER.profile("user:jo").number("events")).isEqualTo(2);
    assertThat(Traces.of(SERVER, "silent-recipient")).as("somebody who allowed nothing").isEmpty();
    SERVER.get(path.replace("/go/", "/go/A")).expect(403);
  }

  @Test
  void sign_wrong_isRefusedWithItsField() {
    assertRefused(Map.of("site", "demo", "target", "javascript:alert(1)"), "target");
    assertRefused(Map.of("site", "demo"), "target");
    assertRefused(Map.of("site", "nosite", "target", TARGET), "site");
    assertRefused(Map.of("site", "demo", "kind", "open", "target", TARGET), "target");
    assertRefused(
        Map.of("site", "demo", "target", TARGET, "recipients", List.of(Map.of())), "recipients[0]");
  }

  private static void assertRefused(Map<String, Object> body, String field) {
    Answer answer = SERVER.adminAnswer("links.sign", body).expect(422);
    assertThat(answer.text("error.field")).isEqualTo(field);
  }
}
