package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.Answer;
import io.marquetry.testkit.RunningServer;
import io.marquetry.testkit.Visitor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever is in charge can say who is who, and take back what was joined, with nothing lost. */
@Tag("server")
class MergeAndSplitTest {
  private static final String[] ENTERPRISE = {
    "/pricing/enterprise", "/pricing/enterprise/security", "/pricing/enterprise/rollout"
  };

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @Test
  void split_wronglyJoinedDevice_givesBothTheirOwnHistoryBack() {
    var phone = SERVER.visitor().accepts();
    phone.send(identify("split1", Map.of("city", "Oslo"))).expect(200);
    phone.looksAt("/a", "/b");
    var laptop = SERVER.visitor().accepts();
    laptop.looksAt(ENTERPRISE);
    var laptopBefore = of(laptop);
    laptop.send(identify("split1", Map.of())).expect(200);
    laptop.looksAt("/c");
    assertThat(SERVER.profile("user:split1").number("events")).isEqualTo(8);
    assertThat(phone.page("/").variant("hero")).isEqualTo("enterprise");

    var done = split("user:split1", "anonymous:" + laptop.deviceId());

    assertThat(done.at("complete")).isEqualTo(true);
    var person = SERVER.profile("user:split1");
    assertThat(person.number("events")).as("its own three and the login").isEqualTo(4);
    assertThat(person.text("traits.city")).isEqualTo("Oslo");
    assertThat(person.list("segments")).doesNotContain("enterprise-prospects");
    var device = of(laptop);
    assertThat(device.number("events")).as("before and behind the login").isEqualTo(4);
    assertThat(device.text("profileId")).isEqualTo(laptopBefore.text("profileId"));
    assertThat(device.list("segments")).isEqualTo(laptopBefore.list("segments"));
    assertThat(device.text("firstSeen")).isEqualTo(laptopBefore.text("firstSeen"));
    assertThat(device.at("traits.city")).isNull();
    assertThat(laptop.page("/").variant("hero")).isEqualTo("enterprise");
    assertThat(phone.page("/").variant("hero")).isNotEqualTo("enterprise");
  }

  @Test
  void split_thenTheSameLoginAgain_staysSplitUntilSomebodyMerges() {
    var phone = SERVER.visitor().accepts();
    phone.send(identify("split2", Map.of())).expect(200);
    var laptop = SERVER.visitor().accepts();
    laptop.send(page("/"), identify("split2", Map.of())).expect(200);
    split("user:split2", "anonymous:" + laptop.deviceId());

    laptop.send(identify("split2", Map.of()), page("/x")).expect(200);
    assertThat(of(laptop).text("profileId")).isNotEqualTo(of(phone).text("profileId"));
    assertThat(of(laptop).number("events")).isEqualTo(2);
    assertThat(SERVER.profile("user:split2").number("events")).isEqualTo(3);
    var history = SERVER.profile("user:split2");
    assertThat(history.text("splits.0.identity")).isEqualTo("anonymous:" + laptop.deviceId());
    assertThat(evidence(history, laptop.deviceId())).isEqualTo("seen");
    assertThat(history.at("splits.0.complete")).isEqualTo(true);

    var merged =
        SERVER.admin(
            "profiles.merge",
            Map.of(
                "id", "user:split2", "part", "anonymous:" + laptop.deviceId(), "reason", "hers"));
    assertThat(merged.text("profileId")).isEqualTo(of(laptop).text("profileId"));
    var person = SERVER.profile("user:split2");
    assertThat(person.number("events")).isEqualTo(5);
    assertThat(person.text("merges.0.evidence")).isEqualTo("admin");
    var audit = SERVER.admin("audit.query", Map.of("operation", "profiles.merge"));
    assertThat(audit.text("entries.0.after.reason")).isEqualTo("hers");
  }

  @Test
  void mergeOfTwoPeople_thenSplit_restoresBothExactly() {
    var one = person("two1", "/a", "/b");
    var other = person("two2", ENTERPRISE);
    var before = Map.of("one", settled("user:two1"), "other", settled("user:two2"));

    SERVER.admin("profiles.merge", Map.of("id", "user:two1", "part", "user:two2"));
    assertThat(SERVER.profile("user:two2").number("events")).isEqualTo(7);
    assertThat(of(other).text("profileId")).isEqualTo(of(one).text("profileId"));
    one.looksAt("/later");
    other.looksAt("/later", "/still later");
    split("user:two1", "user:two2");

    var first = SERVER.profile("user:two1");
    var second = SERVER.profile("user:two2");
    assertThat(first.number("events")).isEqualTo(4);
    assertThat(second.number("events")).isEqualTo(6);
    assertThat(second.list("segments")).contains("enterprise-prospects");
    assertThat(first.list("segments")).doesNotContain("enterprise-prospects");
    assertThat(Map.of("one", stable(first), "other", stable(second))).isEqualTo(before);
  }

  @Test
  void split_serverKilledAtOnce_isDoneAllTheSame() {
    var phone = SERVER.visitor().accepts();
    phone.send(identify("split3", Map.of())).expect(200);
    phone.looksAt("/a");
    var laptop = SERVER.visitor().accepts();
    laptop.looksAt("/b", "/c");
    laptop.send(identify("split3", Map.of())).expect(200);
    split("user:split3", "anonymous:" + laptop.deviceId());
    var before = SERVER.profile("user:split3").json();
    var deviceBefore = of(laptop).json();
    SERVER.kill9();
    SERVER.restart();
    SERVER.settled();
    assertThat(SERVER.profile("user:split3").json()).isEqualTo(before);
    assertThat(of(laptop).json()).isEqualTo(deviceBefore);
    laptop.looksAt("/d");
    assertThat(of(laptop).number("events")).isEqualTo(3);
  }

  @Test
  void identities_eachWithItsEvidence() {
    var phone = SERVER.visitor().accepts();
    phone.send(identify("proof", Map.of())).expect(200);
    var laptop = SERVER.visitor().accepts();
    laptop.send(page("/"), identify("proof", Map.of())).expect(200);
    var profile = SERVER.profile("user:proof");
    assertThat(evidence(profile, phone.deviceId())).isEqualTo("origin");
    assertThat(evidence(profile, "proof")).isEqualTo("identify");
    assertThat(evidence(profile, laptop.deviceId())).isEqualTo("identify");
    assertThat(profile.text("merges.0.identity")).isEqualTo("anonymous:" + laptop.deviceId());
    assertThat(profile.text("merges.0.with")).isEqualTo("user:proof");
  }

  @Test
  void orders_thatMakeNoSense_areRefusedAndChangeNothing() {
    var phone = SERVER.visitor().accepts();
    phone.send(identify("sense", Map.of())).expect(200);
    var device = "anonymous:" + phone.deviceId();
    SERVER.adminAnswer("profiles.merge", Map.of("id", "user:sense", "part", device)).expect(409);
    SERVER.adminAnswer("profiles.split", Map.of("id", "user:sense", "part", device)).expect(409);
    SERVER
        .adminAnswer("profiles.split", Map.of("id", "user:sense", "part", "user:nobody"))
        .expect(409);
    SERVER.adminAnswer("profiles.release", Map.of("id", "user:sense")).expect(409);
    SERVER.adminAnswer("profiles.split", Map.of("id", "user:sense")).expect(422);
    assertThat(SERVER.profile("user:sense").number("events")).isEqualTo(1);
  }

  @Test
  void release_fromQuarantine_joinsAgain() {
    var kiosk = SERVER.visitor().accepts();
    for (int i = 0; i < 7; i++) {
      kiosk.send(identify("let out " + i, Map.of())).expect(200);
    }
    SERVER.admin("profiles.release", Map.of("id", "anonymous:" + kiosk.deviceId()));
    kiosk.send(identify("owner", Map.of()), page("/mine")).expect(200);
    assertThat(of(kiosk).text("profileId"))
        .isEqualTo(SERVER.profile("user:owner").text("profileId"));
  }

  @Test
  void controlGroup_visitorsWhoLogIn_stayOnTheSideTheyWereOn() {
    SERVER.admin("holdout.put", Map.of("percent", 50, "salt", "login"));
    try {
      var laptops = new ArrayList<Visitor>();
      for (int i = 0; i < 10; i++) {
        laptops.add(SERVER.visitor().accepts());
        laptops.getLast().looksAt("/");
      }
      var anonymous = modes(laptops);
      assertThat(anonymous).contains("holdout", "personalized");
      var phones = new ArrayList<Visitor>();
      for (int i = 0; i < 10; i++) {
        phones.add(person("sides" + i, "/"));
        laptops.get(i).send(identify("sides" + i, Map.of())).expect(200);
      }
      assertThat(modes(laptops)).as("laptops were there first").isEqualTo(anonymous);
      assertThat(modes(phones)).as("one visitor is on one side").isEqualTo(anonymous);
      assertThat(profileIds(laptops)).isEqualTo(profileIds(phones));

      SERVER.kill9();
      SERVER.restart();
      SERVER.settled();
      assertThat(modes(phones)).isEqualTo(anonymous);
    } finally {
      SERVER.admin("holdout.put", Map.of("percent", 0));
    }
  }

  private static List<String> modes(List<Visitor> visitors) {
    return visitors.stream().map(MergeAndSplitTest::mode).toList();
  }

  private static String mode(Visitor visitor) {
    var shown = visitor.page("/").decision();
    var found = SERVER.admin("decisions.query", Map.of("decisionId", shown));
    return found.text("decisions.0.mode");
  }

  private static List<String> profileIds(List<Visitor> visitors) {
    return visitors.stream().map(visitor -> of(visitor).text("profileId")).toList();
  }

  private static Visitor person(String user, String... paths) {
    var visitor = SERVER.visitor().accepts();
    visitor.send(identify(user, Map.of("name", user))).expect(200);
    visitor.looksAt(paths);
    return visitor;
  }

  private static Answer split(String id, String part) {
    return SERVER.admin("profiles.split", Map.of("id", id, "part", part));
  }

  private static Answer of(Visitor visitor) {
    return SERVER.profile("anonymous:" + visitor.deviceId());
  }

  private static Map<String, Object> settled(String id) {
    return stable(SERVER.profile(id));
  }

  /** What later events do not change. */
  private static Map<String, Object> stable(Answer profile) {
    var stable = new LinkedHashMap<String, Object>();
    for (var field :
        new String[] {
          "profileId", "site", "traits", "segments", "visits", "firstSeen", "identities"
        }) {
      stable.put(field, profile.at(field));
    }
    return stable;
  }

  private static Object evidence(Answer profile, String value) {
    for (var identity : profile.list("identities")) {
      if (value.equals(Answer.at(identity, "value"))) {
        return String.valueOf(Answer.at(identity, "evidence"));
      }
    }
    throw new AssertionError("no identity " + value);
  }
}
