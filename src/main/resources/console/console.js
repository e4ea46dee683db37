import { Bridge } from "./bridge.js";
import { Feed, decisionLine, eventLine, figures, verticles } from "./views.js";

const STATES = { on: "connected", lost: "connection lost, trying again", off: "not connected" };
const LOGGED_OUT = 1008;

const at = (id) => document.getElementById(id);

async function post(operation, body = {}) {
  const answer = await fetch(`/v1/admin/${operation}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const json = await answer.json();
  if (answer.ok) return json;
  throw Object.assign(new Error(json.error?.message ?? answer.statusText), { status: answer.status });
}

const scheme = location.protocol === "https:" ? "wss" : "ws";
const bridge = new Bridge(`${scheme}://${location.host}/eventbus/websocket`, (state, code) => {
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

const events = new Feed(at("events"), at("events-pause"), eventLine);
const decisions = new Feed(at("decisions"), at("decisions-pause"), decisionLine);
bridge.listen("feed.status", showStatus);
bridge.listen("feed.events", (body) => events.add(body));
bridge.listen("feed.decisions", (body) => decisions.add(body));
at("login-form").addEventListener("submit", logIn);
at("logout").addEventListener("click", logOut);
begin();
