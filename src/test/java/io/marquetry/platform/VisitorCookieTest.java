package io.marquetry.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VisitorCookieTest {
  private static final byte[] SECRET = secret("first");
  private final VisitorCookie cookie = new VisitorCookie(SECRET);

  @Test
  void verify_ownCookie_givesTheDevice() {
    for (var device : new String[] {"a", "0123456789abcdef", "ünïcode|.;=", "x".repeat(512)}) {
      assertThat(cookie.verify("shop", cookie.sign("shop", device))).isEqualTo(device);
    }
  }

  @Test
  void verify_anyByteChanged_isRefused() {
    var value = cookie.sign("shop", VisitorCookie.mint(new Random(1)));
    for (int i = 0; i < value.length(); i++) {
      for (char other = 1; other < 0x100; other++) {
        if (other != value.charAt(i)) {
          var changed = value.substring(0, i) + other + value.substring(i + 1);
          assertThat(cookie.verify("shop", changed)).as("byte %d as %d", i, (int) other).isNull();
        }
      }
    }
  }

  @Test
  void verify_cutOrLengthened_isRefused() {
    var value = cookie.sign("shop", "device");
    for (int i = 0; i < value.length(); i++) {
      assertThat(cookie.verify("shop", value.substring(0, i))).isNull();
      assertThat(cookie.verify("shop", value.substring(i + 1))).isNull();
    }
    assertThat(cookie.verify("shop", value + "=")).isNull();
    assertThat(cookie.verify("shop", value + ".x")).isNull();
    assertThat(cookie.verify("shop", value.repeat(40))).isNull();
    assertThat(cookie.verify("shop", null)).isNull();
  }

  @Test
  void verify_cookieOfAnotherSiteOrSecret_isRefused() {
    var value = cookie.sign("shop", "device");
    assertThat(cookie.verify("blog", value)).isNull();
    assertThat(new VisitorCookie(secret("second")).verify("shop", value)).isNull();
  }

  @Test
  void verify_partsShiftedBetweenSiteAndDevice_isRefused() {
    var parts = cookie.sign("shop", "device").split("\\.", -1);
    var other = cookie.sign("shopd", "evice").split("\\.", -1);
    assertThat(cookie.verify("shopd", other[0] + "." + parts[1] + "." + parts[2])).isNull();
  }

  @Test
  void verify_afterRotation_acceptsBothKeysUntilTheOldIsDropped() {
    var old = cookie.sign("shop", "device");
    var rotated = new VisitorCookie(secret("second"), SECRET);
    assertThat(rotated.verify("shop", old)).isEqualTo("device");
    assertThat(rotated.verify("shop", rotated.sign("shop", "device"))).isEqualTo("device");
    assertThat(rotated.sign("shop", "device")).isNotEqualTo(old);
    assertThat(new VisitorCookie(secret("second")).verify("shop", old)).isNull();
  }

  @Test
  void sign_deviceEmptyOrTooLong_throws() {
    assertThatThrownBy(() -> cookie.sign("shop", "")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> cookie.sign("shop", "x".repeat(513)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sign_fixedInput_keepsItsGoldenValue() {
    assertThat(
            new VisitorCookie(
                    "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII))
                .sign("demo", "device-1"))
        .isEqualTo("ZGV2aWNlLTE.39ed5252.y9qIzboh_D6xOvZrwOyXiw");
  }

  @Test
  void mint_twice_gives128DifferentBitsAsHex() {
    var random = new Random(7);
    var first = VisitorCookie.mint(random);
    assertThat(first).matches("[0-9a-f]{32}").isNotEqualTo(VisitorCookie.mint(random));
  }

  @Test
  void headers_carryTheAttributesBrowsersGoBy() {
    assertThat(VisitorCookie.set("v", true))
        .isEqualTo("mq_id=v; Max-Age=34128000; Path=/; HttpOnly; SameSite=Lax; Secure");
    assertThat(VisitorCookie.clear(false))
        .isEqualTo("mq_id=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
  }

  private static byte[] secret(String seed) {
    return seed.repeat(8).getBytes(StandardCharsets.UTF_8);
  }
}
