import { Bridge } from "./bridge.js";
import { post } from "./calls.js";
import { Coverage } from "./coverage.js";
import { Decisions } from "./decisions.js";
import { Feed, decisionLine, element, eventLine, figures, verticles } from "./views.js";

const STATES = { on: "connected", lost: "connection lost, trying again", off: "not connected" };
const LOGGED_OUT = 1008;

const at = (id) => document.getElementById(id);

const scheme = location.protocol === "https:" ? "wss" : "ws";
const bridge = new Bridge(`${scheme}://${location.host}/eventbus/websocket`, "admin.system.status", (state, code) => {
  at("connection").dataset.state = state;
  at("connection").textContent = STATES[state];
  if (state === "lost") stillLoggedIn(code);
});

async function stillLoggedIn(code) {
  if (code === LOGGED_OUT) {
    showLogin();
    return;
  }
  // A handshake that was refused looks like a lost line; the answer to a call tells them apart.
  try {
    showStatus(await post("system.status"));
  } catch (failure) {
    if (failure.status === 401) showLogin();
  }
}

function showLogin() {
  bridge.close();
  for (const screen of Object.values(screens)) screen.clear();
  at("board").hidden = true;
  at("who").hidden = true;
  at("login").hidden = false;
  at("user").focus();
}

function showBoard() {
  at("login").hidden = true;
  at("board").hidden = false;
  at("who").hidden = false;
  at("who-name").textContent = sessionStorage.getItem("who") ?? "";
  bridge.open();
  offerSites();
  showScreen();
}

/** The screen that the address names, or the first. */
function showScreen() {
  const named = location.hash.slice(2);
  const name = Object.hasOwn(screens, named) ? named : "now";
  for (const link of document.querySelectorAll("[data-screen]")) {
    const shown = link.dataset.screen === name;
    at(`screen-${link.dataset.screen}`).hidden = !shown;
    if (shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (shown) document.title = `${link.textContent} · Marquetry console`;
  }
  screens[name]?.open();
  return name;
}

function turnTo() {
  if (at("board").hidden || !location.hash.startsWith("#/")) return;
  at(`screen-${showScreen()}`).querySelector("h2[tabindex]")?.focus();
}

async function offerSites() {
  const { sites } = await post("sites.list").catch(() => ({ sites: [] }));
  for (const select of document.querySelectorAll(".sites")) {
    const options = sites.map((site) => Object.assign(element("option", "", site.name ?? site.key), { value: site.key }));
    select.replaceChildren(select.options[0], ...options);
  }
}

function showStatus(status) {
  figures(at("figures"), status);
  verticles(at("verticles"), status.verticles);
  passed("events-passed", status.feeds.events);
  passed("decisions-passed", status.feeds.decisions);
}

function passed(id, counts) {
  at(id).textContent = counts.passedOver > 0 ? `${counts.passedOver.toLocaleString("en")} more not shown` : "";
}

async function logIn(event) {
  event.preventDefault();
  const button = at("login-form").querySelector("button");
  button.disabled = true;
  at("login-fault").textContent = "";
  try {
    const { user, roles } = await post("login", { user: at("user").value, password: at("password").value });
    sessionStorage.setItem("who", `${user} (${roles.join(", ")})`);
    at("password").value = "";
    await begin();
    at("main").focus({ preventScroll: true });
  } catch (failure) {
    at("login-fault").textContent = failure.message;
    at("password").select();
  } finally {
    button.disabled = false;
  }
}

async function logOut() {
  await post("logout").catch(() => {});
  sessionStorage.removeItem("who");
  showLogin();
}

async function begin() {
  try {
    const status = await post("system.status");
    showBoard();
    showStatus(status);
  } catch (failure) {
    showLogin();
    if (failure.status !== 401) at("login-fault").textContent = failure.message;
  }
}

const screens = {
  coverage: new Coverage(at("coverage-form"), at("coverage-said"), at("coverage-shown")),
  decisions: new Decisions(at("found-form"), at("found-said"), at("found")),
};
const events = new Feed(at("events"), at("events-pause"), eventLine);
const decisions = new Feed(at("decisions"), at("decisions-pause"), decisionLine);
bridge.listen("feed.status", showStatus);
bridge.listen("feed.events", (body) => events.add(body));
bridge.listen("feed.decisions", (body) => decisions.add(body));
addEventListener("hashchange", turnTo);
at("login-form").addEventListener("submit", logIn);
at("logout").addEventListener("click", logOut);
begin();
