package io.marquetry.bench;

import java.util.List;
import java.util.Map;

/**
 * A page that comes from another server, with six slots filled on its way.
 *
 * <p>That server runs beside the load generator and is not counted. Ours and the bare proxy fetch
 * the same page from it for every request.
 */
final class ProxyRow {
  private static final double CPU_GOAL = 2;
  private static final double FIRST_BYTE_MILLIS = 1;
  private static final int START_SECONDS = 30;
  private static final String SHOWN = "data-mq-variant";

  private final Rig rig;

  ProxyRow(Rig rig) {
    this.rig = rig;
  }

  Row measure() {
    try (var origin =
        Child.start(
            "the origin",
            rig.cores().load(),
            Rig.java(List.of("-Xmx256m"), BareServer.class.getName()),
            Map.of(),
            rig.directory().resolve("origin.log"))) {
      return measure(origin.awaitPort(START_SECONDS));
    }
  }

  private Row measure(int origin) {
    var row = new Row("page.proxy", "<= 2x bare proxy, first byte <= 1 ms later");
    var server = rig.server();
    server.call(
        "pages.put",
        Map.of(
            "key",
            "origin",
            "site",
            ShopCatalogue.SITE,
            "path",
            ShopCatalogue.ORIGIN_PATH,
            "origin",
            "http://127.0.0.1:" + origin));
    var page = server.get(ShopCatalogue.ORIGIN_PATH, rig.cookies().getFirst());
    int shown = page.split(SHOWN, -1).length - 1;
    if (shown != ShopCatalogue.SHOWN) {
      return row.failed(shown + " of 6 components shown: " + page);
    }
    var ours = rig.ours("proxy", Requests.page(ShopCatalogue.ORIGIN_PATH, rig.cookies()), SHOWN);
    var bare = rig.ceiling("bare-proxy", Requests.page("/proxy?" + origin, rig.cookies()));
    var pair = Target.inTurns(rig.plan(), ours, bare);
    DecideRows.report(row, pair, "bare proxy");
    row.holds(pair.ratio() <= CPU_GOAL)
        .note(
            "a page has %,d bytes, its origin's %,d",
            page.length(), ShopCatalogue.originPage().length());
    firstByte(row, ours, bare, Sample.median(pair.ours(), Sample::perSecond) / 2);
    return row;
  }

  /** Both at the same rate. */
  private void firstByte(Row row, Target ours, Target bare, double rate) {
    ours.settle(rate);
    var our = ours.open(rate, rig.plan().openSeconds());
    var their = bare.open(rate, rig.plan().openSeconds());
    var first = our.time("first");
    var theirs = their.time("first");
    row.note(
            "at %,.0f/s: first byte p50 %.2f ms, p99 %.2f ms; bare %.2f ms, %.2f ms",
            rate, first.p50(), first.p99(), theirs.p50(), theirs.p99())
        .note(
            "last byte p50 %.2f ms, p99 %.2f ms; bare %.2f ms, %.2f ms",
            our.time("latency").p50(),
            our.time("latency").p99(),
            their.time("latency").p50(),
            their.time("latency").p99())
        .holds(first.p50() - theirs.p50() <= FIRST_BYTE_MILLIS)
        .figure("firstByte", first)
        .figure("ceilingFirstByte", theirs);
    var fault = Sample.fault(our) + Sample.fault(their);
    if (!fault.isEmpty()) {
      row.failed(fault);
    }
  }
}
