package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A till and a shared mailbox glue nobody together, and are shown for what they are. */
@Tag("server")
class SharedDeviceTest {
  private static final int MANY = 40;

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @Test
  void kiosk_manyLogIn_nobodyIsJoinedAndItLeadsToNobody() {
    double before = SERVER.admin("profiles.quarantined", Map.of()).number("devices");
    var kiosk = SERVER.visitor().accepts();
    for (int i = 0; i < MANY; i++) {
      kiosk.send(identify("customer" + i, Map.of("number", i)), page("/products/" + i)).expect(200);
    }
    kiosk.send(page("/between-customers")).expect(200);

    Set<String> profiles = new HashSet<>();
    for (int i = 0; i < MANY; i++) {
      var profile = SERVER.profile("user:customer" + i);
      profiles.add(profile.text("profileId"));
      assertThat(profile.number("traits.number")).isEqualTo(i);
    }
    assertThat(profiles).hasSize(MANY);
    var own = SERVER.profile("anonymous:" + kiosk.deviceId());
    assertThat(profiles).doesNotContain(own.text("profileId"));
    assertThat(own.at("traits.number")).isNull();
    var listed = SERVER.admin("profiles.quarantined", Map.of());
    assertThat(listed.number("devices")).isEqualTo(before + 1);
    assertThat(listed.body()).contains("\"reason\":\"people\"", own.text("profileId"));
    assertThat(SERVER.get("/metrics").body())
        .contains("marquetry_identity_quarantined{kind=\"device\"}")
        .contains("marquetry_identity_joins_refused_total{reason=\"quarantine\"}");
  }

  @Test
  void mailbox_onManyDevices_joinsAFewAndLeavesTheRestAlone() {
    Set<String> profiles = new HashSet<>();
    for (int i = 0; i < MANY; i++) {
      var device = SERVER.visitor().accepts();
      device.send(identify("info@firm.test", Map.of()), page("/only/" + i)).expect(200);
      profiles.add(SERVER.profile("anonymous:" + device.deviceId()).text("profileId"));
    }
    assertThat(profiles).hasSizeGreaterThanOrEqualTo(MANY - 10);
    var listed = SERVER.admin("profiles.quarantined", Map.of("limit", 1_000));
    assertThat(listed.body()).contains("\"reason\":\"devices_a_day\"");
    assertThat(SERVER.profile("user:info@firm.test").number("events"))
        .as("what came after it was the devices' own")
        .isLessThanOrEqualTo(24);
    assertThat(SERVER.get("/metrics").body())
        .contains("marquetry_identity_joins_total{evidence=\"identify\"}")
        .contains("marquetry_identity_joins_refused_total{reason=\"day\"} 1.0");
  }

  @Test
  void quarantine_restart_isRemembered() {
    var kiosk = SERVER.visitor().accepts();
    for (int i = 0; i < 8; i++) {
      kiosk.send(identify("guest" + i, Map.of())).expect(200);
    }
    var before = SERVER.admin("profiles.quarantined", Map.of());
    SERVER.kill9();
    SERVER.restart();
    assertThat(SERVER.admin("profiles.quarantined", Map.of()).json()).isEqualTo(before.json());
    kiosk.send(identify("late guest", Map.of())).expect(200);
    assertThat(SERVER.profile("user:late guest").number("events")).isEqualTo(1);
  }
}
