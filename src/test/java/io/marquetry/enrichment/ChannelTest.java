package io.marquetry.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelTest {
  @ParameterizedTest
  @CsvSource({
    "https://shop.example/, '', '', direct",
    "https://shop.example/, https://www.shop.example/cart, '', direct",
    "https://shop.example/, https://www.google.co.uk/search?q=shoes, '', search",
    "https://shop.example/, https://t.co/abc, '', social",
    "https://shop.example/, https://m.facebook.com/, '', social",
    "https://shop.example/, https://mail.google.com/mail/u/0, '', email",
    "https://shop.example/, https://blog.example/review, '', referral",
    "https://shop.example/?gclid=abc, https://www.google.com/, '', paid",
    "https://shop.example/, https://www.google.com/, cpc, paid",
    "https://shop.example/, '', newsletter, email",
    "https://shop.example/?msclkid=1, '', '', paid",
    "https://shop.example/?fbclid=1, '', '', social",
    "https://shop.example/?mc_eid=1, '', '', email",
    "https://shop.example/?utm_source=google, '', '', search",
    "https://shop.example/?utm_source=autumn-letter, '', '', referral",
    "https://shop.example/?utm_medium=affiliate, '', '', affiliate",
    "https://shop.example/?utm_medium=organic, https://blog.example/, '', search",
    "https://shop.example/, https://chatgpt.com/, '', chatbot",
    "https://shop.example/, not an address, '', direct"
  })
  void of_waysToComeHere_areNamed(String url, String referrer, String medium, String channel) {
    var campaign = medium.isEmpty() ? null : Map.<String, Object>of("medium", medium);

    assertThat(Channel.of(url, referrer, campaign)).isEqualTo(channel);
  }
}
