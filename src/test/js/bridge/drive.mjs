// Drives a running server's bridge with the real client; prints one JSON line a finding.
// Arguments: base URL, token, name of a segment that is there.
import EventBus from "@vertx/eventbus-bridge-client.js";

const [base, token, segment] = process.argv.slice(2);
const PATIENCE = 10_000;

function patiently(what, work) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: nothing came of it`)), PATIENCE);
    work((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

function open(options) {
  return patiently("opening", (done) => {
    const bus = new EventBus(`${base}/eventbus`, options);
    bus.errors = [];
    bus.onerror = (error) => bus.errors.push(error);
    bus.onopen = () => done(bus);
    bus.onclose = () => done(null);
  });
}

const ask = (bus, address, body, headers = {}) =>
  patiently(address, (done) => bus.send(address, body, headers, (error, reply) => done(error ?? reply.body)));

const found = {};
const authorization = { Authorization: `Bearer ${token}` };

const stranger = await open({});
found.withoutLogin = await ask(stranger, "admin.segments.list", {});
found.withHeader = await ask(stranger, "admin.segments.get", { key: segment }, authorization);
found.afterHeader = (await ask(stranger, "admin.segments.list", {})).segments?.length;
stranger.close();

const headers = { Cookie: `mq_admin=${token}` };
const bus = await open({ transportOptions: { websocket: { headers } } });
found.withCookie = (await ask(bus, "admin.segments.list", {})).segments?.length;
found.refused = await ask(bus, "admin.segments.put", { key: "x", nam: "y" });
found.nullBody = await ask(bus, "admin.system.status", null).then((status) => typeof status.uptimeSeconds);
found.feed = await patiently("feed.status", (done) =>
  bus.registerHandler("feed.status", {}, (error, message) => done(error ?? message.body.verticles?.length)),
);
found.forgedHeader = await ask(bus, "admin.segments.list", {}, { token: "forged", actor: "root" }).then(
  (body) => body.segments?.length,
);

// What is not an operation or a feed is refused by a frame that names no reply.
const refusals = patiently("refusals", (done) => {
  const seen = [];
  bus.onerror = (error) => seen.push(error.body) === 3 && done(seen);
});
bus.send("catalogue.cmd.put", {}, {}, () => {});
bus.registerHandler("ingest.evt.stored", {}, () => {});
bus.publish("admin.segments.list", {});
found.refusals = await refusals;
bus.close();

console.log(JSON.stringify(found));
process.exit(0);
