package io.marquetry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.platform.IdentityTokens.Claim;
import io.marquetry.platform.IdentityTokens.Finding;
import io.marquetry.testkit.Token;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityTokensTest {
  private static final byte[] INSTALLATION =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final String DEVICE = "device-1";

  private final IdentityKeys keys = new IdentityKeys(INSTALLATION);
  private final IdentityTokens tokens = new IdentityTokens(keys);
  private final String secret = keys.secret("shop", "k1");

  @Test
  void secret_derived_isTheSameAgainAndAnotherForEachSiteAndKey() {
    assertThat(secret).startsWith("ik_").hasSize(46);
    assertThat(new IdentityKeys(INSTALLATION).secret("shop", "k1")).isEqualTo(secret);
    assertThat(keys.secret("shop", "k2")).isNotEqualTo(secret);
    assertThat(keys.secret("shopk", "1")).isNotEqualTo(secret);
    assertThat(new IdentityKeys("another installation".getBytes(StandardCharsets.UTF_8)))
        .extracting(other -> other.secret("shop", "k1"))
        .isNotEqualTo(secret);
  }

  @Test
  void check_goodToken_isGood() {
    assertThat(check(anna().signed(secret))).isEqualTo("good");
    assertThat(check(anna().header("kid", "k1").signed(secret))).isEqualTo("good");
    assertThat(check(anna().claim("aud", List.of("blog", "shop")).signed(secret)))
        .isEqualTo("good");
    assertThat(check(anna().bound(DEVICE).signed(secret))).isEqualTo("good");
    assertThat(check(anna().claim("exp", NOW.getEpochSecond() + 0.5).signed(secret)))
        .isEqualTo("good");
  }

  @ParameterizedTest
  @CsvSource({
    "none, token_algorithm",
    "HS384, token_algorithm",
    "RS256, token_algorithm",
    "hs256, token_algorithm",
    "NONE, token_algorithm",
  })
  void check_otherAlgorithm_isRefusedHoweverItIsSigned(String algorithm, String code) {
    var token = anna().header("alg", algorithm);
    assertThat(check(token.unsigned() + ".")).isEqualTo(code);
    assertThat(check(token.signed(secret))).isEqualTo(code);
  }

  @Test
  void check_extensionsOrNoAlgorithm_isRefused() {
    assertThat(check(anna().header("crit", List.of("b64")).signed(secret)))
        .isEqualTo("token_algorithm");
    assertThat(check(anna().header("alg", 7).signed(secret))).isEqualTo("token_algorithm");
  }

  @Test
  void check_signatureOfSomebodyElse_isRefused() {
    assertThat(check(anna().signed("guessed"))).isEqualTo("token_signature");
    assertThat(check(anna().signed(keys.secret("blog", "k1")))).isEqualTo("token_signature");
    assertThat(check(anna().header("kid", "k1").signed(keys.secret("shop", "k2"))))
        .isEqualTo("token_signature");
    assertThat(check(anna().unsigned() + ".")).isEqualTo("token_signature");
  }

  @Test
  void check_keyRotated_takesBothWhileBothAreGood() {
    var renewed = anna().signed(keys.secret("shop", "k2"));
    assertThat(check(renewed, List.of("k1", "k2"), DEVICE)).isEqualTo("good");
    assertThat(check(anna().signed(secret), List.of("k1", "k2"), DEVICE)).isEqualTo("good");
    assertThat(check(anna().signed(secret), List.of("k2"), DEVICE)).isEqualTo("token_signature");
    var named = anna().header("kid", "k1").signed(secret);
    assertThat(check(named, List.of("k2"), DEVICE)).isEqualTo("token_key");
    assertThat(check(named, List.of(), DEVICE)).isEqualTo("token_key");
  }

  @Test
  void check_otherSiteOrPerson_isRefused() {
    assertThat(check(anna().claim("aud", "blog").signed(secret))).isEqualTo("token_audience");
    assertThat(check(anna().without("aud").signed(secret))).isEqualTo("token_audience");
    assertThat(check(anna().claim("sub", "bert").signed(secret))).isEqualTo("token_subject");
    assertThat(check(anna().without("sub").signed(secret))).isEqualTo("token_subject");
  }

  @ParameterizedTest
  @CsvSource({
    "   0, 300, good", //
    "-359,  -59, good",
    "-360,  -60, token_expired",
    "  60,  100, good",
    "  61,  100, token_early",
    "   0,  301, token_lifetime",
    "   5,    5, token_lifetime",
    "   5,    4, token_lifetime",
  })
  void check_times_allowAMinuteOfSkewAndFiveOfLife(long issued, long expires, String expected) {
    var now = NOW.getEpochSecond();
    var token = anna().claim("iat", now + issued).claim("exp", now + expires);
    assertThat(check(token.signed(secret))).isEqualTo(expected);
  }

  @Test
  void check_timesMissingOrNoNumbers_isMalformed() {
    assertThat(check(anna().without("exp").signed(secret))).isEqualTo("token_malformed");
    assertThat(check(anna().without("iat").signed(secret))).isEqualTo("token_malformed");
    assertThat(check(anna().claim("exp", "soon").signed(secret))).isEqualTo("token_malformed");
    assertThat(check(anna().claim("nbf", NOW.getEpochSecond() + 61).signed(secret)))
        .isEqualTo("token_early");
  }

  @Test
  void check_boundToAnotherBrowser_isRefused() {
    var token = anna().bound("another device").signed(secret);
    assertThat(check(token)).isEqualTo("token_visitor");
    assertThat(check(anna().bound(DEVICE).signed(secret), List.of("k1"), null))
        .isEqualTo("token_visitor");
    assertThat(check(anna().claim("vid", 1).signed(secret))).isEqualTo("token_visitor");
  }

  @Test
  void check_noTokenAtAll_isMalformed() {
    for (Object token :
        new Object[] {"", ".", "..", "a.b", "a.b.c.d", 7L, List.of(), "x".repeat(3_000)}) {
      assertThat(check(token)).as("%s", token).isEqualTo("token_malformed");
    }
    assertThat(check(null)).isEqualTo("token_malformed");
    var list = Base64.getUrlEncoder().encodeToString("[]".getBytes(StandardCharsets.UTF_8));
    assertThat(check(list + ".e30.x")).isEqualTo("token_malformed");
  }

  /** Whatever one character becomes, the token is worth nothing: there is one spelling of each. */
  @Test
  void check_anyCharacterAltered_isRefused() {
    var good = anna().header("kid", "k1").bound(DEVICE).signed(secret);
    var letters = "ABCabc019-_=.";
    var random = new SplittableRandom(7);
    for (int i = 0; i < good.length(); i++) {
      char other = letters.charAt(random.nextInt(letters.length()));
      if (other != good.charAt(i)) {
        var altered = good.substring(0, i) + other + good.substring(i + 1);
        assertThat(check(altered)).as("character %d is %s", i, other).startsWith("token_");
      }
      assertThat(check(good.substring(0, i))).as("cut at %d", i).startsWith("token_");
    }
    for (char last :
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".toCharArray()) {
      var respelt = good.substring(0, good.length() - 1) + last;
      assertThat(check(respelt)).isEqualTo(respelt.equals(good) ? "good" : "token_signature");
    }
  }

  private static Token anna() {
    return Token.of("shop", "anna", NOW);
  }

  private String check(@Nullable Object token) {
    return check(token, List.of("k1"), DEVICE);
  }

  private String check(@Nullable Object token, List<String> live, @Nullable String device) {
    var claim = new Claim("shop", live, "anna", device, NOW.toEpochMilli());
    return switch (tokens.check(token, claim)) {
      case Finding.Good good -> "good";
      case Finding.Bad bad -> bad.code();
    };
  }
}
