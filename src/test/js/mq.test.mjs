import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./browser.mjs";

const GRANTED = { purposes: { analytics: true, personalization: true, marketing: false }, version: 3 };
const only = (page, type) => page.sent().filter((event) => event.type === type);
const named = (page, name) => page.sent().filter((event) => event.event === name);
const quiet = (options = {}) => openPage({ ...options, attributes: { "data-write-key": "demo", "data-auto": "false", ...options.attributes } });

test("load_plainPage_sendsOnePageViewWithContextAsText", async () => {
  const page = await openPage({ attributes: { "data-write-key": "demo" }, url: "http://shop.test/pricing?utm_source=mail&utm_campaign=spring" }).load();
  await page.pass(10);
  const [request] = page.requests.filter((r) => r.path === "/v1/batch");
  assert.equal(request.headers["Content-Type"], "text/plain");
  assert.equal(request.keepalive, true);
  assert.equal(request.body.writeKey, "demo");
  assert.ok(request.body.sentAt);
  const [view] = request.body.batch;
  assert.equal(view.type, "page");
  assert.match(view.messageId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(view.timestamp, "2026-01-02T03:04:05.000Z");
  assert.deepEqual({ ...view.context.page }, { path: "/pricing", url: "http://shop.test/pricing?utm_source=mail&utm_campaign=spring", referrer: "http://before.test/", search: "?utm_source=mail&utm_campaign=spring", title: "A page" });
  assert.deepEqual({ ...view.context.campaign }, { source: "mail", name: "spring" });
  assert.equal(view.context.locale, "en-GB");
  assert.equal(view.context.library.name, "mq.js");
  assert.equal("anonymousId" in view, false);
});

test("load_siteGivesAnonymousId_everyEventAndConsentCarriesIt", async () => {
  const page = await quiet({ attributes: { "data-anonymous-id": "a-1" } }).load();
  page.mq().track("Seen");
  await page.mq().consent({ analytics: true });
  await page.pass(2000);
  assert.equal(page.sent()[0].anonymousId, "a-1");
  assert.equal(page.requests.find((r) => r.method === "PUT").body.anonymousId, "a-1");
});

test("uuid_insecureOrigin_isStillARandomVersion4", async () => {
  const page = quiet();
  page.window.crypto = { getRandomValues: (array) => crypto.getRandomValues(array) };
  await page.load();
  page.mq().track("Seen");
  await page.pass(1000);
  assert.match(page.sent()[0].messageId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("pushState_newAddress_sendsPageViewWithOldAddressAsReferrer", async () => {
  const page = await openPage().load();
  await page.pass(10);
  page.window.history.pushState(null, "", "/products");
  await page.pass(10);
  page.emit("popstate");
  await page.pass(10);
  const views = only(page, "page");
  assert.equal(views.length, 2);
  assert.equal(views[1].context.page.path, "/products");
  assert.equal(views[1].context.page.referrer, "http://shop.test/");
});

test("track_withinASecond_travelsAsOneBatch", async () => {
  const page = await quiet().load();
  page.mq().track("One", { price: 3 });
  page.mq().track("Two");
  await page.pass(900);
  assert.equal(page.batches().length, 0);
  await page.pass(200);
  assert.deepEqual(page.batches().map((batch) => batch.map((event) => event.event)), [["One", "Two"]]);
  assert.deepEqual({ ...page.sent()[0].properties }, { price: 3 });
});

test("track_twentyFiveAtOnce_sendsTwentyThenFive", async () => {
  const page = await quiet().load();
  for (let n = 0; n < 25; n += 1) page.mq().track("N" + n);
  await page.pass(1);
  assert.deepEqual(page.batches().map((batch) => batch.length), [20, 5]);
});

test("track_bigEvents_splitsByBytesAndDropsWhatCanNeverFit", async () => {
  const page = await quiet().load();
  for (let n = 0; n < 3; n += 1) page.mq().track("Big", { text: "ä".repeat(11000) });
  page.mq().track("Too big", { text: "x".repeat(40000) });
  await page.pass(5000);
  assert.deepEqual(page.batches().map((batch) => batch.length), [2, 1]);
  assert.equal(page.mq().dropped, 1);
});

test("sent_acknowledgedBatch_dispatchesEventOnDocument", async () => {
  const page = await quiet().load();
  page.mq().track("One");
  await page.pass(1000);
  const sent = page.events.filter((event) => event.type === "mq:sent");
  assert.equal(sent.length, 1);
  assert.equal(sent[0].detail.count, 1);
  assert.deepEqual([...sent[0].detail.events], ["One"]);
});

test("send_networkDown_retriesTheSameMessageWithGrowingPausesUntilAcknowledged", async () => {
  let failures = 3;
  const page = await quiet({ answer: () => (failures-- > 0 ? "offline" : { status: 200, body: {} }) }).load();
  page.mq().track("One");
  await page.pass(1000 + 749);
  assert.equal(page.batches().length, 1);
  await page.pass(2 + 1498);
  assert.equal(page.batches().length, 2);
  await page.pass(10000);
  assert.equal(page.batches().length, 4);
  assert.equal(new Set(page.sent().map((event) => event.messageId)).size, 1);
  assert.equal(page.requests.filter((r) => r.path === "/v1/batch")[1].keepalive, false);
});

test("send_neverReachable_stopsTryingUntilOnlineAgain", async () => {
  const page = await quiet({ answer: () => "offline" }).load();
  page.mq().track("One");
  await page.pass(3600000);
  const tried = page.batches().length;
  assert.equal(tried, 8);
  await page.pass(3600000);
  assert.equal(page.batches().length, tried);
  page.answer = () => ({ status: 200, body: {} });
  page.emit("online");
  await page.pass(10);
  assert.equal(page.batches().length, tried + 1);
  assert.equal(page.events.filter((event) => event.type === "mq:sent").length, 1);
});

test("send_503WithRetryAfter_waitsThatLongEvenForNewEvents", async () => {
  const replies = [{ status: 503, headers: { "Retry-After": "30" } }];
  const page = await quiet({ answer: () => replies.shift() || { status: 200, body: {} } }).load();
  page.mq().track("One");
  await page.pass(1000);
  page.mq().page("Two");
  await page.pass(29900);
  assert.equal(page.batches().length, 1);
  await page.pass(1500);
  assert.deepEqual(page.batches()[1].map((event) => event.event || event.name), ["One", "Two"]);
});

for (const status of [400, 401, 413]) {
  test(`send_${status}_isDroppedAndNeverSentAgain`, async () => {
    const page = await quiet({ consent: GRANTED, answer: () => ({ status, body: {} }) }).load();
    page.mq().track("Poison");
    await page.pass(600000);
    assert.equal(page.batches().length, 1);
    assert.equal(page.mq().dropped, 1);
    assert.deepEqual(page.stored(), []);
  });
}

test("store_consentUnknownOrDenied_neverTouchesStorage", async () => {
  for (const consent of ["offline", { purposes: { analytics: false }, version: 1 }]) {
    const page = await quiet({ consent, answer: () => "offline" }).load();
    page.mq().track("One");
    await page.pass(60000);
    page.emit("pagehide");
    assert.equal(page.storage.size, 0);
  }
});

test("store_consentGiven_nextPageSendsWhatThisOneCouldNot", async () => {
  const first = await quiet({ consent: GRANTED, answer: () => "offline" }).load();
  first.mq().track("One");
  await first.pass(1000);
  assert.equal(first.stored().length, 1);
  const next = await quiet({ consent: GRANTED, storage: first.storage }).load();
  await next.pass(10);
  assert.deepEqual(next.sent().map((event) => event.messageId), first.sent().slice(0, 1).map((event) => event.messageId));
  assert.equal(next.storage.size, 0);
});

test("store_moreThanAHundred_keepsAHundred", async () => {
  const page = await quiet({ consent: GRANTED, answer: () => "offline" }).load();
  for (let n = 0; n < 130; n += 1) page.mq().track("N" + n);
  await page.pass(1000);
  assert.equal(page.stored().length, 100);
  assert.equal(page.mq().dropped, 30);
});

test("leave_unsentEvents_goByBeaconAndStayStoredUntilAcknowledged", async () => {
  const page = await quiet({ consent: GRANTED }).load();
  page.mq().track("Last words");
  page.window.document.visibilityState = "hidden";
  page.emit("visibilitychange");
  page.emit("pagehide");
  assert.deepEqual(page.beacons.map((b) => b.body.batch.map((event) => event.event)), [["Last words"]]);
  assert.equal(page.beacons[0].body.writeKey, "demo");
  assert.equal(page.stored().length, 1);
  page.window.document.visibilityState = "visible";
  page.emit("visibilitychange");
  await page.pass(10);
  assert.equal(page.sent()[0].messageId, page.beacons[0].body.batch[0].messageId);
  assert.equal(page.storage.size, 0);
});

test("leave_batchInFlight_isNotBeaconedAsWell", async () => {
  const page = await quiet({ answer: () => new Promise(() => {}) }).load();
  page.mq().page("Flying");
  await page.pass(10);
  page.mq().track("Waiting");
  page.emit("pagehide");
  assert.deepEqual(page.beacons.map((b) => b.body.batch.map((event) => event.event || event.name)), [["Waiting"]]);
});

test("leave_beaconRefused_keepsTheEvents", async () => {
  const page = await quiet().load();
  page.acceptsBeacons = false;
  page.mq().track("One");
  page.emit("pagehide");
  await page.pass(1000);
  assert.equal(page.sent().length, 1);
});

test("answer_aggregateOnly_clearsStorageAndStopsStoring", async () => {
  const storage = new Map();
  const page = await quiet({ consent: GRANTED, storage, answer: () => ({ status: 200, body: { aggregateOnly: 1 } }) }).load();
  storage.set("mq.unsent", JSON.stringify([{ messageId: "old" }]));
  page.mq().track("One");
  await page.pass(1000);
  assert.equal(storage.size, 0);
  page.answer = () => "offline";
  page.mq().track("Two");
  await page.pass(1000);
  assert.equal(storage.size, 0);
});

test("consent_given_resendsWhatThisPageOnlyHadCounted", async () => {
  const page = await openPage({ answer: (body) => ({ status: 200, body: { aggregateOnly: page.consent.purposes.analytics ? 0 : body.batch.length } }) }).load();
  await page.pass(10);
  assert.equal(page.batches().length, 1);
  const answer = await page.mq().consent({ analytics: true, personalization: true, marketing: false }, "banner");
  assert.equal(answer.purposes.analytics, true);
  await page.pass(10);
  assert.equal(page.batches().length, 2);
  assert.equal(page.sent()[0].messageId, page.sent()[1].messageId);
  const put = page.requests.find((r) => r.method === "PUT");
  assert.equal(put.path, "/v1/consent");
  assert.deepEqual(put.body, { purposes: { analytics: true, personalization: true, marketing: false }, source: "banner" });
});

test("consent_withdrawn_clearsStorageAndQueueBeforeTheServerAnswers", async () => {
  const page = await quiet({ consent: GRANTED, answer: () => "offline" }).load();
  page.mq().track("One");
  await page.pass(1000);
  assert.equal(page.stored().length, 1);
  const withdrawn = page.mq().consent({ analytics: false, personalization: false, marketing: false });
  assert.equal(page.storage.size, 0);
  await withdrawn;
  const before = page.batches().length;
  await page.pass(600000);
  page.emit("pagehide");
  assert.equal(page.batches().length, before);
  assert.equal(page.beacons.length, 0);
  assert.equal(page.storage.size, 0);
});

test("consent_asked_isFetchedOncePerPageAndAgainOnlyAfterFailure", async () => {
  const page = await quiet({ consent: GRANTED }).load();
  assert.equal((await page.mq().consent()).version, 3);
  await page.mq().consent();
  assert.equal(page.requests.filter((r) => r.method === "GET").length, 1);
  const offline = await quiet({ consent: "offline" }).load();
  await assert.rejects(offline.mq().consent());
  offline.consent = GRANTED;
  assert.equal((await offline.mq().consent()).version, 3);
});

test("component_halfVisibleForASecond_isReportedOnce", async () => {
  const page = quiet();
  const hero = page.addComponent({ component: "hero", variant: "brand", decision: "d-1" });
  await page.load();
  assert.ok(page.observed.has(hero));
  page.intersect(hero, 0.6);
  await page.pass(900);
  page.intersect(hero, 0.2);
  await page.pass(5000);
  assert.equal(named(page, "Component Viewed").length, 0);
  page.intersect(hero, 0.5);
  await page.pass(3000);
  page.intersect(hero, 1);
  await page.pass(3000);
  const [view, ...more] = named(page, "Component Viewed");
  assert.equal(more.length, 0);
  assert.deepEqual({ ...view.properties }, { component: "hero", variant: "brand", decision: "d-1" });
});

test("component_tallerThanTheWindow_isSeenWhenItFillsHalfOfIt", async () => {
  const page = quiet();
  const list = page.addComponent({ component: "list", variant: "all", decision: "d-1" });
  await page.load();
  page.intersect(list, 0.2, 420);
  await page.pass(3000);
  assert.equal(named(page, "Component Viewed").length, 1);
});

test("component_clickedLink_isSentAtOnceWithItsTarget", async () => {
  const page = quiet();
  const hero = page.addComponent({ component: "hero", variant: "brand", decision: "d-1" });
  await page.load();
  const within = (selectors) => ({ closest: (selector) => ({ "[data-mq-component]": hero, ...selectors })[selector] || null });
  const link = (href) => within({ "a[href]": { getAttribute: () => href } });
  page.emit("click", { target: link("/why/d-1") });
  page.emit("click", { target: within({ "[data-mq-dismiss]": {} }) });
  page.emit("click", { target: link("/pricing") });
  page.emit("click", { target: { closest: () => null } });
  await page.pass(10);
  assert.deepEqual(named(page, "Component Clicked").map((event) => ({ ...event.properties })), [
    { component: "hero", variant: "brand", decision: "d-1", url: "/pricing" },
  ]);
  assert.equal(named(page, "Component Dismissed").length, 1);
});

test("identify_numberAndTraits_sendsTextIdAtOnce", async () => {
  const page = await quiet().load();
  page.mq().identify(4711, { plan: "team", seats: 40 });
  page.mq().group("acme", { industry: "education" });
  page.mq().alias("4711", "old");
  await page.pass(10);
  assert.deepEqual(page.sent().map(({ type, userId, groupId, previousId }) => ({ type, userId, groupId, previousId })), [
    { type: "identify", userId: "4711", groupId: undefined, previousId: undefined },
    { type: "group", userId: undefined, groupId: "acme", previousId: undefined },
    { type: "alias", userId: "4711", groupId: undefined, previousId: "old" },
  ]);
  assert.deepEqual({ ...page.sent()[0].traits }, { plan: "team", seats: 40 });
});

test("reset_afterSending_leavesNothingBehind", async () => {
  const page = await quiet({ consent: GRANTED, answer: () => "offline" }).load();
  page.mq().track("One");
  await page.pass(1000);
  assert.equal(page.stored().length, 1);
  page.mq().reset();
  await page.pass(600000);
  assert.equal(page.storage.size, 0);
  assert.equal(page.batches().length, 1);
});

test("track_unserialisableProperties_neverThrowsIntoThePage", async () => {
  const page = await quiet().load();
  const loop = {};
  loop.self = loop;
  page.mq().track("Loop", loop);
  page.mq().track("Fine");
  await page.pass(1000);
  assert.deepEqual(page.sent().map((event) => event.event), ["Fine"]);
});

test("storage_forbiddenByTheBrowser_memoryStillDelivers", async () => {
  const page = quiet({ consent: GRANTED });
  page.window.localStorage = { getItem: () => { throw new Error("denied"); } };
  await page.load();
  page.mq().track("One");
  await page.pass(1000);
  assert.equal(page.sent().length, 1);
});
