// A browser small enough to read: what mq.js touches, with a clock and a network under the test's hand.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../main/resources/web/mq.js", import.meta.url), "utf8");

/** Turns of the microtask queue, enough for a fetch and everything chained to it. */
export async function settled() {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

export function openPage({ attributes = {}, url = "http://shop.test/", storage = new Map(), consent, answer } = {}) {
  const clock = { now: Date.parse("2026-01-02T03:04:05Z"), timers: new Map(), next: 1 };
  const listeners = new Map();
  const page = { requests: [], beacons: [], events: [], storage, clock, components: [], observed: new Set() };
  page.consent = consent || { purposes: { analytics: false }, version: 0 };
  page.answer = answer || (() => ({ status: 200, body: { success: true } }));
  page.acceptsBeacons = true;

  const on = (type, work) => listeners.set(type, [...(listeners.get(type) || []), work]);
  page.emit = (type, event = {}) => (listeners.get(type) || []).forEach((work) => work({ type, ...event }));

  class FakeDate extends Date {
    constructor(...given) {
      super(...(given.length ? given : [clock.now]));
    }
    static now() {
      return clock.now;
    }
  }

  async function fetch(path, request) {
    const body = request.body && JSON.parse(request.body);
    page.requests.push({ path, ...request, body });
    const reply = path.includes("consent") ? consentReply(request.method, body) : await page.answer(body);
    if (reply === "offline") throw new TypeError("Failed to fetch");
    const headers = { get: (name) => (reply.headers || {})[name] ?? null };
    return { ok: reply.status < 300, status: reply.status, headers, json: async () => reply.body };
  }

  function consentReply(method, body) {
    if (page.consent === "offline") return "offline";
    if (method === "PUT") page.consent = { purposes: body.purposes, version: page.consent.version + 1 };
    return { status: 200, body: page.consent };
  }

  const location = new URL(url);
  const window = {
    document: {
      currentScript: { getAttribute: (name) => attributes[name] ?? null },
      referrer: "http://before.test/",
      title: "A page",
      visibilityState: "visible",
      addEventListener: on,
      dispatchEvent: (event) => page.events.push(event),
      querySelectorAll: () => page.components,
    },
    navigator: {
      language: "en-GB",
      sendBeacon: (path, body) => {
        if (page.acceptsBeacons) page.beacons.push({ path, body: JSON.parse(body) });
        return page.acceptsBeacons;
      },
    },
    location: {
      get href() {
        return location.href;
      },
      get pathname() {
        return location.pathname;
      },
      get search() {
        return location.search;
      },
    },
    history: { pushState: (state, title, to) => (location.href = new URL(to, location).href) },
    localStorage: {
      getItem: (key) => storage.get(key) ?? null,
      setItem: (key, value) => storage.set(key, value),
      removeItem: (key) => storage.delete(key),
    },
    IntersectionObserver: class {
      constructor(callback) {
        page.intersect = (target, intersectionRatio, height = 100) =>
          callback([{ target, intersectionRatio, intersectionRect: { height }, rootBounds: { height: 800 } }]);
      }
      observe(target) {
        page.observed.add(target);
      }
      unobserve(target) {
        page.observed.delete(target);
      }
    },
    CustomEvent: class {
      constructor(type, { detail }) {
        Object.assign(this, { type, detail });
      }
    },
    setTimeout: (work, wait, ...given) => {
      clock.timers.set(clock.next, { at: clock.now + wait, work: () => work(...given) });
      return clock.next++;
    },
    clearTimeout: (timer) => clock.timers.delete(timer),
    addEventListener: on,
    crypto,
    fetch,
    Blob,
    URLSearchParams,
    Intl,
    Date: FakeDate,
    Math: Object.assign(Object.create(Math), { random: () => 0.5, min: Math.min, max: Math.max }),
  };
  window.window = window;
  page.window = window;

  /** Lets time pass, running what falls due in order. */
  page.pass = async (millis) => {
    const until = clock.now + millis;
    await settled();
    for (;;) {
      const [id, timer] = [...clock.timers].filter(([, t]) => t.at <= until).sort((a, b) => a[1].at - b[1].at)[0] || [];
      if (!timer) break;
      clock.timers.delete(id);
      clock.now = Math.max(clock.now, timer.at);
      timer.work();
      await settled();
    }
    clock.now = until;
  };

  page.batches = () => page.requests.filter((r) => r.path === "/v1/batch").map((r) => r.body.batch);
  page.sent = () => page.batches().flat();
  page.stored = () => JSON.parse(storage.get("mq.unsent") || "[]");
  page.mq = () => window.mq;
  page.addComponent = (facts) => {
    const element = {
      getAttribute: (name) => facts[name.replace("data-mq-", "")] ?? null,
      getClientRects: () => [{}],
      closest: (selector) => (selector === "[data-mq-component]" ? element : null),
    };
    page.components.push(element);
    return element;
  };
  page.load = async () => {
    vm.runInNewContext(SOURCE, window);
    await settled();
    return page;
  };
  return page;
}
