package io.marquetry.flow;

import static io.marquetry.testkit.Beacon.identify;
import static io.marquetry.testkit.Beacon.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RunningServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three looks at enterprise pricing in one session make a prospect before the next page. */
@Tag("server")
class EnterpriseProspectTest {
  private static final String PLANS = "/pricing/enterprise";
  private static final String SECURITY = "/pricing/enterprise/security";
  private static final String ROLLOUT = "/pricing/enterprise/rollout";

  @RegisterExtension static final RunningServer SERVER = RunningServer.with().prepared();

  @Test
  void threeEnterprisePages_oneSession_nextPageShowsEnterpriseHero() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt(PLANS, SECURITY);
    assertThat(visitor.page("/").variant("hero")).isEqualTo("brand");

    visitor.looksAt(ROLLOUT);

    var page = visitor.page("/");
    assertThat(page.html())
        .containsPattern("data-mq-component=\"hero\"[^>]*data-mq-variant=\"enterprise\"");
    assertThat(page.html()).contains("Furnish four floors");
    assertThat(page.answer().header("Cache-Control")).isEqualTo("private, no-store");
  }

  @Test
  void threeEnterprisePages_oneBeacon_nextPageShowsEnterpriseHero() {
    var visitor = SERVER.visitor().accepts();
    visitor.send(page(PLANS), page(SECURITY), page(ROLLOUT)).expect(200);
    assertThat(visitor.page("/").variant("hero")).isEqualTo("enterprise");
  }

  @Test
  void twoEnterprisePagesAndOthers_oneSession_isNoProspect() {
    var visitor = SERVER.visitor().accepts();
    visitor.looksAt(PLANS, "/pricing", "/products", SECURITY, "/");
    assertThat(visitor.page("/").variant("hero")).isEqualTo("brand");
    assertThat(SERVER.segments("anonymous:" + visitor.deviceId()))
        .doesNotContain("enterprise-prospects");
  }

  @Test
  void threeEnterprisePages_twoSessions_isNoProspect() {
    var visitor = SERVER.visitor().accepts();
    var earlier = Instant.now().minus(Duration.ofHours(2));
    visitor.send(page(PLANS).at(earlier), page(SECURITY).at(earlier.plusSeconds(60))).expect(200);
    visitor.looksAt(ROLLOUT);
    assertThat(visitor.page("/").variant("hero")).isEqualTo("welcome-back");
  }

  @Test
  void sameMessageThreeTimes_countsOnce_isNoProspect() {
    var visitor = SERVER.visitor().accepts();
    var same = page(PLANS);
    visitor.send(same).expect(200);
    visitor.send(same, same).expect(200);
    assertThat(visitor.page("/").variant("hero")).isEqualTo("brand");
    assertThat(SERVER.profile("anonymous:" + visitor.deviceId()).number("events")).isEqualTo(1);
  }

  @Test
  void threeEnterprisePages_twoDevicesOfOneUser_nextPageOnTheSecondShowsEnterpriseHero() {
    var laptop = SERVER.visitor().accepts();
    laptop.send(identify("u1", Map.of("company", "Norrby"))).expect(200);
    laptop.looksAt(PLANS, SECURITY);
    assertThat(laptop.page("/").variant("hero")).isEqualTo("brand");

    var phone = SERVER.visitor().accepts();
    phone.send(identify("u1", Map.of())).expect(200);
    phone.looksAt(ROLLOUT);

    assertThat(phone.page("/").variant("hero")).isEqualTo("enterprise");
    assertThat(laptop.page("/").variant("hero")).isEqualTo("enterprise");
    var profile = SERVER.profile("user:u1");
    assertThat(profile.number("events")).isEqualTo(5);
    assertThat(profile.text("traits.company")).isEqualTo("Norrby");
  }
}
