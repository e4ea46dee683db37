package io.marquetry.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import io.marquetry.testkit.RealData;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferrersTest {
  private static final Address PAGE = Address.of("https://shop.example/");

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "https://www.google.co.uk/search?q=red+shoes, search, Google, red shoes",
        "https://google.com.br/, search, Google, -",
        "https://mail.google.com/mail/u/0, email, Gmail, -",
        "https://www.google.de/imgres?q=lamp, search, Google Images, lamp",
        "https://de.search.yahoo.com/search?p=a%20b, search, Yahoo!, a b",
        "https://m.facebook.com/l.php?u=x, social, Facebook, -",
        "https://chatgpt.com/, chatbot, ChatGPT, -",
        "https://pagead2.googlesyndication.com/x, paid, Google, -",
        "https://webmail.provider.example/inbox, email, -, -",
        "https://search.intranet.example/?q=desk, search, -, desk",
        "https://www.shop.example/cart, internal, -, -",
        "https://blog.example/review, unknown, -, -",
        "https://notgoogle.example/, unknown, -, -",
        "https://google.com.evil.example/, unknown, -, -",
        "https://xfacebook.com/, unknown, -, -",
      })
  void refer_referrer_mediumSourceAndTerm(
      String referrer, String medium, @Nullable String source, @Nullable String term) {
    var road = refer(referrer);
    assertThat(road.medium()).isEqualTo(medium);
    assertThat(road.source()).isEqualTo(source);
    assertThat(road.term()).isEqualTo(term);
  }

  @Test
  void refer_oddAddresses_neverFail() {
    for (var text :
        new String[] {
          "",
          "://",
          "http://",
          "http://.",
          "http://..",
          "http://a..b",
          "http://[::1]/",
          "https://mail",
          "https://.google.com/?q=%",
          "x".repeat(100_000),
          "http://" + "a.".repeat(1_500)
        }) {
      assertThat(refer(text).medium()).isNotNull();
    }
  }

  private static Referral refer(String referrer) {
    return Channel.refer(PAGE, Address.of(referrer), Map.of());
  }

  /** Published cases of referrers, by others: all media, sources where they are on our list. */
  @Test
  @Tag("real-data")
  void refer_publishedCases_mediumSourceAndTermAgree() {
    var wrong = new ArrayList<String>();
    int sources = 0;
    int terms = 0;
    var cases = RealData.objects("referrers/referer_tests.json");
    for (var one : cases) {
      var road = refer(String.valueOf(one.get("uri")));
      if (!road.medium().equals(one.get("medium"))) {
        wrong.add(one.get("uri") + " is " + road.medium());
      }
      sources += Objects.equals(one.get("source"), road.source()) ? 1 : 0;
      terms += Objects.equals(one.get("term"), road.term()) ? 1 : 0;
    }
    assertThat(wrong).isEmpty();
    assertThat(sources).isGreaterThanOrEqualTo(cases.size() * 9 / 10);
    assertThat(terms).isEqualTo(cases.size());
  }

  /** Hosts that others list; ours is a list of its own, of what most traffic comes by. */
  @Test
  @Tag("real-data")
  void refer_publishedHosts_mostAreToldAsListed() {
    int asked = 0;
    int agreed = 0;
    int contradicted = 0;
    for (var source : RealData.objects("referrers/referers.json.gz")) {
      for (var domain : (Iterable<?>) Objects.requireNonNull(source.get("domains"))) {
        var medium = refer("https://" + domain).medium();
        asked++;
        agreed += medium.equals(source.get("medium")) ? 1 : 0;
        contradicted += !medium.equals(source.get("medium")) && !medium.equals("unknown") ? 1 : 0;
      }
    }
    assertThat((double) agreed / asked).isGreaterThan(0.6);
    assertThat((double) contradicted / asked).isLessThan(0.06);
  }
}
