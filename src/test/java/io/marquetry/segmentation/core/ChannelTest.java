package io.marquetry.segmentation.core;

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
    "https://shop.example/, not an address, '', direct"
  })
  void of_waysToComeHere_areNamed(String url, String referrer, String medium, String channel) {
    var campaign = medium.isEmpty() ? null : Map.<String, Object>of("medium", medium);

    assertThat(Channel.of(url, referrer, campaign)).isEqualTo(channel);
  }
}
