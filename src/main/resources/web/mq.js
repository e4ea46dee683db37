/*
 * mq.js, the browser tag: <script src="/mq.js" data-write-key="demo" defer></script>
 *
 * data-auto="false"         page views only when mq.page() is called
 * data-impressions="false"  component views and clicks are not reported
 * data-behaviors="false"    what variants declare of dismiss, reveal and countdown is not run
 * data-anonymous-id         an id of the site's own; else the server's cookie alone says who this is
 * data-endpoint, data-consent-endpoint   where those paths were renamed
 *
 * An event is kept until acknowledged: in memory, and in localStorage only while consent to
 * analytics is known. Sending twice is harmless: the server counts a messageId once.
 */
(function () {
  "use strict";
  const script = document.currentScript;
  const option = (name, otherwise) => (script && script.getAttribute("data-" + name)) || otherwise;
  const writeKey = option("write-key", "");
  const anonymousId = option("anonymous-id");
  const endpoint = option("endpoint", "/v1/batch");
  const STORE = "mq.unsent";
  const MAX_KEPT = 100;
  const MAX_BATCH = 20;
  const MAX_BATCH_BYTES = 48000; // bodies that may outlive the page share 64 KiB
  const MAX_EVENT_BYTES = 32000;
  const MAX_TRIES = 8;

  let queue = []; // unacknowledged, oldest first
  let held = []; // only counted for want of consent; sent again if it is given on this very page
  let sending = null;
  let timer = 0;
  let due = Infinity;
  let notBefore = 0;
  let tries = 0;
  let purposes = {}; // as the server last said
  let choices = 0; // made on this page; tells answers to earlier questions
  let known = false; // whether what is on record has been asked for, and the answer is in
  let record = null;
  let referrer = document.referrer;
  let current = location.href;

  const quietly = (work) => (...given) => {
    try {
      return work(...given);
    } catch (fault) {
      return undefined; // never break the page we measure
    }
  };
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const bytes = (value) => new Blob([JSON.stringify(value)]).size;
  const without = (events, others) => events.filter((e) => !others.some((o) => o.messageId === e.messageId));
  const mayStore = () => purposes.analytics === true;

  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID(); // secure origins only
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = Array.from(b, (n) => (n + 256).toString(16).slice(1)).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // ---- events

  const place = () => ({ path: location.pathname, url: location.href, referrer, search: location.search, title: document.title });

  function context() {
    const campaign = {};
    new URLSearchParams(location.search).forEach((value, key) => {
      if (key.startsWith("utm_")) campaign[key === "utm_campaign" ? "name" : key.slice(4)] = value;
    });
    return {
      page: place(),
      campaign: Object.keys(campaign).length ? campaign : undefined,
      locale: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      library: { name: "mq.js", version: "1" },
    };
  }

  function add(type, fields, wait) {
    const stamp = { type, messageId: uuid(), anonymousId, timestamp: new Date().toISOString() };
    const event = { ...stamp, ...fields, context: context() };
    if (queue.length >= MAX_KEPT || bytes(event) > MAX_EVENT_BYTES) {
      mq.dropped += 1;
      return;
    }
    queue.push(event);
    schedule(queue.length >= MAX_BATCH ? 0 : wait);
  }

  // A page view decides what the next page shows, and a click may leave the page: neither waits.
  const page = (name, properties) => add("page", { name, properties: { ...place(), ...properties } }, 0);
  const track = (event, properties, wait = 1000) => add("track", { event, properties: { ...properties } }, wait);
  const id = (value) => (value === undefined || value === null ? undefined : String(value));

  // ---- sending

  function schedule(wait) {
    const at = Math.max(Date.now() + wait, notBefore);
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(quietly(flush), at - Date.now());
  }

  function take(events) {
    let size = 200;
    const fits = (event, n) => (size += bytes(event) + 1) <= MAX_BATCH_BYTES && n < MAX_BATCH;
    const end = events.findIndex((event, n) => !fits(event, n));
    return events.slice(0, end < 0 ? events.length : end);
  }

  // Without consent an event says so itself: it is counted, and needs no visitor to belong to.
  const refused = () => ({ analytics: false, personalization: !!purposes.personalization, marketing: !!purposes.marketing });
  const stated = (event) => (mayStore() ? event : { ...event, context: { ...event.context, consent: { categoryPreferences: refused() } } });
  const envelope = (batch) => JSON.stringify({ writeKey, batch: batch.map(stated), sentAt: new Date().toISOString() });

  function flush() {
    clearTimeout(timer);
    due = Infinity;
    if (sending) return sending.done;
    if (!queue.length) return Promise.resolve();
    if (!known) return record ? record.catch(() => undefined).then(flush) : Promise.resolve();
    if (Date.now() < notBefore) return Promise.resolve(schedule(0));
    const batch = take(queue);
    const asOf = choices;
    // As text it needs no preflight; a retry goes without keepalive, whose quota may be used up.
    const request = { method: "POST", body: envelope(batch), headers: { "Content-Type": "text/plain" }, keepalive: !tries };
    const done = fetch(endpoint, request)
      .then((response) => settle(response, batch, asOf), () => later())
      .catch(() => undefined)
      .then(() => {
        sending = null;
        if (queue.length && tries < MAX_TRIES) schedule(0);
      });
    sending = { batch, done };
    return done;
  }

  function settle(response, batch, asOf) {
    const { ok, status } = response;
    if (status === 408 || status === 429 || status >= 500) return later(response.headers.get("Retry-After"));
    tries = notBefore = 0;
    queue = without(queue, batch);
    if (mayStore()) stored((events) => without(events, batch));
    if (ok) return response.json().catch(() => ({})).then((answer) => acknowledged(batch, answer.aggregateOnly || 0, asOf));
    mq.dropped += batch.length; // the same bytes would be refused again
    return undefined;
  }

  function acknowledged(batch, aggregateOnly, asOf) {
    if (aggregateOnly && asOf === choices) {
      purposes = { ...purposes, analytics: false };
      stored(() => []);
    }
    if (aggregateOnly === batch.length) {
      if (mayStore()) queue = batch.concat(queue);
      else held = held.concat(batch).slice(-MAX_BATCH);
    }
    tell("mq:sent", { count: batch.length, aggregateOnly, events: batch.map((event) => event.event || event.type) });
  }

  function later(retryAfter) {
    const asked = /^\d+$/.test(retryAfter) ? retryAfter * 1000 : Date.parse(retryAfter) - Date.now();
    const backoff = Math.min(1000 * 2 ** tries, 60000) * (0.5 + Math.random() / 2);
    notBefore = Date.now() + (asked >= 0 ? Math.min(asked, 3600000) + Math.random() * 1000 : backoff);
    if (!(asked >= 0)) tries += 1;
    keep();
  }

  // Nobody sees a beacon's answer: what may be stored stays there, and is sent again until acknowledged.
  function leave() {
    keep();
    if (mayStore() && Date.now() < notBefore) return;
    let rest = without(queue, sending ? sending.batch : []);
    while (rest.length) {
      const batch = take(rest);
      if (!navigator.sendBeacon(endpoint, envelope(batch))) return;
      queue = without(queue, batch);
      rest = without(rest, batch);
    }
  }

  // ---- storage

  function stored(change) {
    try {
      const events = change(JSON.parse(localStorage.getItem(STORE)) || []).slice(-MAX_KEPT);
      if (events.length) localStorage.setItem(STORE, JSON.stringify(events));
      else localStorage.removeItem(STORE);
      return events;
    } catch (unavailable) {
      return []; // full or forbidden: memory has to do
    }
  }

  const keep = () => mayStore() && queue.length && stored((events) => events.concat(without(queue, events)));

  function recover() {
    if (mayStore()) queue = without(stored((events) => events), queue).concat(queue).slice(-MAX_KEPT);
    if (queue.length) schedule(0);
  }

  // ---- consent

  function ask(method, body) {
    const headers = { "Content-Type": "application/json", "X-Write-Key": writeKey };
    const request = { method, headers, body: body && JSON.stringify(body), cache: "no-store" };
    return fetch(option("consent-endpoint", "/v1/consent"), request).then((response) => {
      if (!response.ok) throw new Error("consent answered " + response.status);
      return response.json();
    });
  }

  /* consent(): what is on record. consent({analytics, …}): records a choice; resolves once it holds everywhere. */
  function consent(wanted, source) {
    if (wanted) return choose(wanted, source);
    if (!record) {
      record = ask("GET").then((answer) => learn(answer, 0));
      record.catch(() => {
        known = true; // that nothing can be known of it
        record = null;
      });
    }
    return record;
  }

  function choose(wanted, source) {
    const mine = (choices += 1);
    if (wanted.analytics === false) withdraw(); // at once, not when the answer comes
    return ask("PUT", { anonymousId, purposes: wanted, source: source || "mq.js" }).then((answer) => {
      if (tabs) tabs.postMessage(answer);
      return learn(answer, mine);
    });
  }

  function withdraw() {
    purposes = {};
    forget();
  }

  function forget() {
    queue = [];
    held = [];
    stored(() => []);
  }

  function learn(answer, asOf) {
    known = true;
    if (asOf !== choices) return answer; // overtaken by a later choice
    purposes = answer.purposes || {};
    if (asOf) record = Promise.resolve(answer);
    tell("mq:consent", answer);
    if (mayStore()) {
      queue = held.concat(queue);
      held = [];
      recover();
    } else {
      stored(() => []);
    }
    return answer;
  }

  // A choice made in one tab holds in all of them.
  const tabs = "BroadcastChannel" in window && new BroadcastChannel("mq.consent");
  if (tabs) {
    tabs.onmessage = quietly(({ data }) => {
      choices += 1;
      if (!(data.purposes || {}).analytics) withdraw();
      learn(data, choices);
    });
  }

  // ---- components

  const shown = new WeakSet();
  const looking = new Map();
  const facts = (element) => ({
    component: element.getAttribute("data-mq-component"),
    variant: element.getAttribute("data-mq-variant"),
    decision: element.getAttribute("data-mq-decision"),
  });

  // Seen is: half of it, or half the window if it is taller than that, for one second.
  function look(entry) {
    const box = entry.target;
    const half = entry.rootBounds && entry.intersectionRect.height >= entry.rootBounds.height / 2;
    clearTimeout(looking.get(box));
    if (entry.intersectionRatio >= 0.5 || half) looking.set(box, setTimeout(quietly(seen), 1000, box));
  }

  function seen(box) {
    const element = box.closest("[data-mq-component]");
    if (document.visibilityState === "hidden" || shown.has(element)) return;
    shown.add(element);
    watcher.unobserve(box);
    track("Component Viewed", facts(element));
  }

  const reported = option("impressions") !== "false" && "IntersectionObserver" in window;
  const watcher = reported && new IntersectionObserver(quietly((all) => all.forEach(look)), { threshold: [0, 0.25, 0.5, 0.75, 1] });

  /* observe(): looks again for components, after the page changed itself. */
  function observe() {
    behaveAll();
    if (!watcher) return;
    document.querySelectorAll("[data-mq-component]").forEach((element) => {
      if (shown.has(element)) return;
      const box = element.getClientRects().length ? element : element.firstElementChild || element; // display: contents
      watcher.unobserve(box);
      watcher.observe(box);
    });
  }

  function clicked({ target }) {
    const element = target.closest("[data-mq-component]");
    const link = target.closest("a[href]");
    const url = link ? link.getAttribute("href") : undefined;
    const sentAway = target.closest("[data-mq-dismiss]"); // is no success of the variant
    if (sentAway && element) track("Component Dismissed", facts(element), 0);
    else if (element && !/^\/why\//.test(url)) track("Component Clicked", { ...facts(element), url }, 0);
  }

  // ---- behaviours of variants: a closed vocabulary, declared as data; see docs/pages.md

  const DISMISSED = "mq.dismissed";
  const MAX_DISMISSED = 50;
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const running = new WeakSet();

  // It names a variant and no visitor, goes with the tab, and is written only when asked for.
  function dismissals(more) {
    try {
      const known = (JSON.parse(sessionStorage.getItem(DISMISSED)) || []).concat(more).slice(-MAX_DISMISSED);
      if (more.length) sessionStorage.setItem(DISMISSED, JSON.stringify(known));
      return known;
    } catch (unavailable) {
      return []; // then it comes back with the next page
    }
  }

  function dismiss(element) {
    const { component, variant } = facts(element);
    const name = component + "/" + variant;
    if (dismissals([]).includes(name)) {
      shown.add(element); // nobody sees it
      // What was painted already keeps its place, so that nothing moves under the reader.
      if (performance.getEntriesByType("paint").length) element.style.visibility = "hidden";
      else element.style.display = "none";
      return;
    }
    element.addEventListener("click", quietly(({ target }) => {
      if (!target.closest("[data-mq-dismiss]")) return;
      dismissals([name]);
      element.style.display = "none";
    }));
  }

  // Only what is out of sight, here and now, waits; without this script nothing ever does.
  function reveal(element) {
    const box = element.getClientRects().length ? element : element.firstElementChild || element;
    const show = () => {
      element.classList.remove("mq-waiting");
      element.classList.add("mq-revealed");
    };
    if (calm() || !("IntersectionObserver" in window)) return show();
    const sight = new IntersectionObserver(quietly((all) => {
      if (!all.some((entry) => entry.isIntersecting)) return element.classList.add("mq-waiting");
      sight.disconnect();
      return show();
    }));
    return sight.observe(box);
  }

  function remaining(left, step) {
    const [days, hours, minutes, seconds] = [left / 864e5, (left / 36e5) % 24, (left / 6e4) % 60, (left / 1000) % 60].map(Math.floor);
    const clock = (step < 6e4 ? [hours, minutes, seconds] : [hours, minutes]).map((n) => String(n).padStart(2, "0")).join(":");
    const language = document.documentElement.lang || undefined;
    const unit = { style: "unit", unit: "day", unitDisplay: "narrow" };
    return days ? new Intl.NumberFormat(language, unit).format(days) + " " + clock : clock;
  }

  // Read aloud is the end, not every tick; who wants less motion sees the minutes change.
  function countdown(element, { to, over }) {
    const end = Date.parse(to);
    const step = calm() ? 6e4 : 1000;
    element.querySelectorAll("[data-mq-countdown]").forEach((box) => {
      const tick = quietly(() => {
        const left = Math.max(0, Math.ceil((end - Date.now()) / step)) * step;
        if (!left) box.setAttribute("aria-live", "polite");
        box.textContent = left || !over ? remaining(left, step) : over;
        if (left && element.isConnected) setTimeout(tick, ((end - Date.now()) % step) + 1);
      });
      box.setAttribute("role", "timer");
      box.setAttribute("aria-live", "off");
      box.style.fontVariantNumeric = "tabular-nums";
      tick();
    });
  }

  const behaviors = new Map(Object.entries({ dismiss, reveal, countdown }));

  function behave(element) {
    if (running.has(element)) return;
    running.add(element);
    Object.entries(JSON.parse(element.getAttribute("data-mq-behavior"))).forEach(([name, wanted]) => {
      if (wanted && behaviors.has(name)) quietly(behaviors.get(name))(element, wanted);
    });
  }

  function behaveAll() {
    if (option("behaviors") !== "false") document.querySelectorAll("[data-mq-behavior]").forEach(quietly(behave));
  }

  // ---- start

  const mq = {
    dropped: 0,
    page: quietly(page),
    track: quietly((event, properties) => track(event, properties)),
    identify: quietly((userId, traits) => add("identify", { userId: id(userId), traits: { ...traits } }, 0)),
    group: quietly((groupId, traits) => add("group", { groupId: id(groupId), traits: { ...traits } }, 0)),
    alias: quietly((userId, previousId) => add("alias", { userId: id(userId), previousId: id(previousId) }, 0)),
    /* reset(): sends, then forgets what this page holds. The cookie is the server's: consent and erasure end it. */
    reset: quietly(() => flush().then(forget)),
    consent,
    observe: quietly(observe),
    flush: quietly(flush),
  };
  window.mq = mq;

  const moved = quietly(() => {
    if (location.href === current) return;
    referrer = current;
    current = location.href;
    page();
  });

  function followPages() {
    page();
    const push = history.pushState;
    history.pushState = function (...given) {
      push.apply(history, given);
      setTimeout(moved, 0); // the title comes after the address
    };
    addEventListener("popstate", moved);
    addEventListener("pageshow", (event) => event.persisted && mq.page());
  }

  const start = quietly(() => {
    behaveAll(); // first, while what was dismissed may not have been painted yet
    consent().catch(() => undefined); // not known means not given
    if (option("auto") !== "false") followPages();
    if (reported) document.addEventListener("click", quietly(clicked), true);
    observe();
    tell("mq:ready", {});
  });

  addEventListener("pagehide", quietly(leave));
  addEventListener("online", quietly(() => ((tries = notBefore = 0), schedule(0))));
  document.addEventListener("visibilitychange", quietly(() => {
    if (document.visibilityState === "hidden") return leave();
    recover();
    return observe();
  }));
  if (document.prerendering) document.addEventListener("prerenderingchange", start, { once: true });
  else start();
})();
