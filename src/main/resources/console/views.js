// What is shown, made from plain elements: text is only ever set as text.

const KEPT = 200;
export const whole = new Intl.NumberFormat("en");
export const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function duration(seconds) {
  const days = Math.floor(seconds / 86400);
  const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return days > 0 ? `${days} d ${clock}` : clock;
}

/** One key figure, for a list of them. */
export function figure(name, value, unit) {
  const box = element("div");
  const shown = element("dd", "", value);
  if (unit) shown.append(element("small", "", unit));
  box.append(element("dt", "", name), shown);
  return box;
}

/** The key figures of a status. */
export function figures(target, status) {
  const { log = {}, definitions = {} } = status;
  target.replaceChildren(
    figure("Events", whole.format(status.eventsPerSecond), "a second"),
    figure("Decisions", whole.format(status.decisionsPerSecond), "a second"),
    figure("Log", log.position === undefined ? "—" : whole.format(log.position), log.backend ?? log.state),
    figure("Behind the log", log.position === undefined ? "—" : whole.format(Math.max(0, log.position - log.applied)), "events"),
    figure("Refused", whole.format(log.deadLetters ?? 0), "since the start"),
    figure("Definitions", whole.format(definitions.count ?? 0), `version ${definitions.version?.slice(0, 8) ?? "unknown"}`),
    figure("Up", duration(status.uptimeSeconds), `version ${status.version}`),
  );
}

/**
 * A table with its title; each row begins with the name of what it is about.
 *
 * @param heads of the columns; all but the first hold numbers
 * @param rows of a name and the cells behind it
 */
export function table(title, hint, heads, rows) {
  const card = element("section", "card");
  const heading = element("h3", "", title);
  heading.id = `table-${title.toLowerCase().replaceAll(" ", "-")}`;
  card.setAttribute("aria-labelledby", heading.id);
  card.append(heading, element("p", "hint", hint));
  if (rows.length === 0) {
    card.append(element("p", "hint", "none in this time"));
    return card;
  }
  const made = element("table");
  made.setAttribute("aria-labelledby", heading.id);
  const head = made.createTHead().insertRow();
  head.append(...heads.map((text, place) => header("col", text, place > 0 ? "number" : "")));
  const body = made.createTBody();
  for (const [name, ...cells] of rows) body.insertRow().append(header("row", name), ...cells);
  const scroll = element("div", "scroll");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-labelledby", heading.id);
  scroll.append(made);
  card.append(scroll);
  return card;
}

function header(scope, text, className) {
  const cell = element("th", className, text);
  cell.scope = scope;
  return cell;
}

function stateClass(state) {
  if (state === "ready") return "state ready";
  return state === "not reachable" ? "state gone" : "state";
}

/** One row a component. */
export function verticles(target, list) {
  target.replaceChildren(
    ...list.map((one) => {
      const row = element("tr");
      row.append(
        header("row", one.name),
        element("td", "number", whole.format(one.instances)),
        element("td", stateClass(one.state), one.state),
        element("td", "number", whole.format(one.lag)),
      );
      return row;
    }),
  );
}

/** A list that grows at the top and is cut at the bottom; while paused it stands still. */
export class Feed {
  #list;
  #line;
  #paused = false;
  #held = [];
  #drawing = false;

  /** @param line makes the middle of a row from a body */
  constructor(list, button, line) {
    this.#list = list;
    this.#line = line;
    button.addEventListener("click", () => {
      this.#paused = !this.#paused;
      button.setAttribute("aria-pressed", String(this.#paused));
      this.#draw();
    });
  }

  add(body) {
    this.#held.push(body);
    if (this.#held.length > KEPT) this.#held.shift();
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw() {
    if (this.#paused) return;
    const rows = this.#held.splice(0).map((body) => this.#row(body));
    this.#list.prepend(...rows.reverse());
    while (this.#list.childElementCount > KEPT) this.#list.lastElementChild.remove();
  }

  #row(body) {
    const row = element("li");
    const time = element("time", "", new Date(body.at).toLocaleTimeString());
    time.dateTime = body.at;
    const what = element("span", "what");
    what.append(...this.#line(body));
    row.append(time, what, element("span", "who-short", body.visitor ?? "nobody"));
    return row;
  }
}

export function eventLine(body) {
  const parts = [element("span", "mode", body.type)];
  if (body.name !== body.type) parts.push(` ${body.name}`);
  return [...parts, ` · ${body.site}`];
}

export function decisionLine(body) {
  const shown = body.shown.map((one) => `${one.component} → ${one.variant ?? "as in the page"}`).join(", ");
  return [element("span", "mode", body.mode), ` ${body.page || "call"}: ${shown} · ${body.millis} ms`];
}
