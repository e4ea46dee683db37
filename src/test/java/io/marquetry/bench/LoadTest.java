package io.marquetry.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.bench.Order.Outcome;
import io.marquetry.bench.Order.Result;
import io.marquetry.bench.Order.Stream;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the load generator says happened is what happened. */
class LoadTest {
  private static final double SECONDS = 0.3;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Order order(Handler<HttpServerRequest> server, Stream... streams) {
    var listening = vertx.createHttpServer().requestHandler(server).listen(0, "127.0.0.1").await();
    return new Order(listening.actualPort(), SECONDS, List.of(streams));
  }

  private Outcome run(Stream stream, Handler<HttpServerRequest> server) throws IOException {
    return LoadLoop.run(order(server, stream)).only();
  }

  @Test
  void closed_allAnswered_countsWhatTheServerSaw() throws IOException {
    Set<String> bodies = ConcurrentHashMap.newKeySet();
    var request = RequestText.json("POST", "/e", "", "{\"id\":\"{n}\"}");
    var outcome =
        run(
            Stream.closed("all", 4, 0, request),
            asked -> asked.body().onSuccess(body -> answer(asked, bodies, body.toString())));
    assertThat(outcome.clean()).isTrue();
    assertThat(outcome.answered()).isEqualTo(bodies.size());
    assertThat(outcome.time("latency").count()).isEqualTo(outcome.answered());
  }

  private static void answer(HttpServerRequest asked, Set<String> bodies, String body) {
    bodies.add(body);
    asked.response().setStatusCode(204).end();
  }

  @Test
  void closed_someRefused_countsThemAsBad() throws IOException {
    var asked = new AtomicInteger();
    var outcome =
        run(
            Stream.closed("some", 1, 0, RequestText.get("/", "")),
            each ->
                each.response().setStatusCode(asked.getAndIncrement() == 3 ? 429 : 200).end("no"));
    assertThat(outcome.bad()).isEqualTo(1);
    assertThat(outcome.clean()).isFalse();
    assertThat(outcome.fault()).isEqualTo("status 429: no");
  }

  @Test
  void closed_answerWithoutNeedle_isBad() throws IOException {
    var outcome =
        run(
            Stream.closed("needle", 1, 0, RequestText.get("/", "")).withNeedle("shown"),
            each -> each.response().end("nothing"));
    assertThat(outcome.bad()).isPositive();
  }

  @Test
  void closed_answerWithWhatItMayNotHold_isBad() throws IOException {
    var asked = new AtomicInteger();
    var outcome =
        run(
            Stream.closed("without", 1, 0, RequestText.get("/", "")).without("nothing"),
            each -> each.response().end(asked.getAndIncrement() == 5 ? "nothing" : "shown"));
    assertThat(outcome.bad()).isEqualTo(1);
  }

  @Test
  void closed_answerInPieces_tellsWhenItBegan() throws IOException {
    var outcome =
        run(
            Stream.closed("pieces", 1, 0, RequestText.get("/", "")),
            each -> {
              each.response().setChunked(true).write("at once");
              vertx.setTimer(30, fired -> each.response().end("later"));
            });
    assertThat(outcome.clean()).isTrue();
    assertThat(outcome.time("first").p50()).isLessThan(25);
    assertThat(outcome.time("latency").p50()).isGreaterThan(29);
  }

  @Test
  void open_serverStalls_chargesEverybodyWhoWaited() throws IOException {
    var asked = new AtomicInteger();
    var outcome =
        run(
            Stream.open("stall", 1, 500, 0, RequestText.get("/", "")),
            each -> {
              if (asked.getAndIncrement() == 10) {
                vertx.setTimer(200, fired -> each.response().end("late"));
              } else {
                each.response().end("ok");
              }
            });
    assertThat(outcome.clean()).isTrue();
    assertThat(outcome.answered()).isBetween(90L, 220L);
    // One answer alone was late, but with it all that were due meanwhile: more than a third.
    assertThat(outcome.time("latency").p50()).isLessThan(outcome.time("latency").p99());
    assertThat(outcome.time("latency").p99()).isGreaterThan(150);
  }

  @Test
  void open_chain_repeatsUntilItShows() throws IOException {
    var asked = new AtomicInteger();
    var chain =
        Stream.open("chain", 1, 20, 0, RequestText.get("/first", ""))
            .withThen(RequestText.get("/then", ""), "yes")
            .withFigure("millis");
    var outcome =
        run(
            chain,
            each -> {
              boolean first = each.path().equals("/first");
              boolean shows = asked.incrementAndGet() % 3 == 0;
              each.response()
                  .end(first ? "{\"a\":{\"millis\":9},\"millis\":1.5}" : shows ? "yes" : "no");
            });
    assertThat(outcome.clean()).isTrue();
    assertThat(outcome.time("shown").count()).isEqualTo(outcome.answered());
    assertThat(outcome.time("after").p50()).isLessThanOrEqualTo(outcome.time("shown").p50());
    assertThat(outcome.time("figure").max()).isBetween(1.499, 1.502);
  }

  @Test
  void result_asJson_isTheSame() throws IOException {
    var result =
        LoadLoop.run(
            order(
                each -> each.response().end("ok"),
                Stream.closed("one", 1, 0, RequestText.get("/", ""))));
    assertThat(Order.read(Order.write(result), Result.class)).isEqualTo(result);
  }

  @Test
  void template_holes_areFilledAndNothingElseChanges() {
    var text =
        RequestText.json("POST", "/", "", "[\"{n}{v}{d}{t}\",\"{n}\"]")
            .withEvents(2)
            .withVisitors(10)
            .withTokens(List.of("aa", "bb"));
    var template = Template.of(text);
    var bytes = new byte[template.length()];
    template.write(bytes, 5);
    var request = new String(bytes, US_ASCII);
    assertThat(request).contains("bb\",\"000000000000000b\"]").contains("[\"000000000000000a0000");
  }

  @Test
  void json_contentLength_isThatOfTheFilledBody() {
    var text = RequestText.json("POST", "/", "", "{\"id\":\"{n}\"}");
    assertThat(text.text()).contains("Content-Length: 25\r\n");
  }

  @Test
  void padded_body_hasThatManyBytes() {
    var body = RequestText.padded("{\"id\":\"{v}\"}", 600);
    assertThat(body.length() - "{v}".length() + 16).isEqualTo(600);
  }

  @Test
  void visitor_manyEvents_reachEveryVisitor() {
    var seen = new HashSet<Long>();
    for (int event = 0; event < 2_000; event++) {
      seen.add(Template.visitor(event, 100));
    }
    assertThat(seen).hasSize(100);
  }

  @Test
  void visit_manyEvents_areEightOfEachInTurns() {
    var seen = new HashMap<Long, Integer>();
    for (int event = 0; event < 3 * 8 * 50; event++) {
      long visit = Template.visit(event, 50);
      assertThat(visit / 50).as("the others begin when these are over").isEqualTo(event / 400);
      seen.merge(visit, 1, Integer::sum);
    }
    assertThat(seen).hasSize(150);
    assertThat(seen.values()).containsOnly(8);
    assertThat(Template.visit(77, 0)).isEqualTo(77);
  }

  @Test
  void answer_inPieces_isCompleteWithTheLast() {
    var answer = new Answer();
    var text = "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 3\r\n\r\nabc";
    for (int i = 0; i < text.length(); i++) {
      boolean complete = answer.take(ByteBuffer.wrap(text.substring(i, i + 1).getBytes(US_ASCII)));
      assertThat(complete).isEqualTo(i == text.length() - 1);
    }
    assertThat(answer.body()).isEqualTo("abc");
  }

  @Test
  void answer_inChunksAndPieces_isCompleteWithTheLast() {
    var answer = new Answer();
    var chunks = "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
    var text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
    for (int i = 0; i < text.length(); i++) {
      boolean complete = answer.take(ByteBuffer.wrap(text.substring(i, i + 1).getBytes(US_ASCII)));
      assertThat(complete).isEqualTo(i == text.length() - 1);
    }
    assertThat(answer.body()).isEqualTo("abc0123456789");
  }

  @Test
  void answer_withoutLength_isRefused() {
    var endless = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    assertThatThrownBy(() -> new Answer().take(ByteBuffer.wrap(endless.getBytes(US_ASCII))))
        .isInstanceOf(Answer.Garbled.class);
  }

  @Test
  void answer_noContent_needsNoLength() {
    var answer = new Answer();
    assertThat(answer.take(ByteBuffer.wrap("HTTP/1.1 204 No Content\r\n\r\n".getBytes(US_ASCII))))
        .isTrue();
    assertThat(answer.succeeded()).isTrue();
  }
}
