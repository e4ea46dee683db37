// Single decisions, of a visitor or of everybody, and why each came out as it did.

import { post } from "./calls.js";
import { Question, given, time } from "./question.js";
import { element, percent, whole } from "./views.js";

const MOST = 100;
const MODES = {
  personalized: "by the profile",
  contextual: "by the request alone",
  holdout: "control group",
};

/** The screen of decisions. */
export class Decisions {
  #said;
  #list;
  #question;

  constructor(form, said, list) {
    this.#said = said;
    this.#list = list;
    this.#question = new Question(form, ask, this);
  }

  open() {
    this.#question.ask();
  }

  clear() {
    this.#question.reset();
  }

  forget() {
    this.#said.textContent = "";
    this.#list.replaceChildren();
  }

  show({ decisions }) {
    this.#said.textContent = sentence(decisions.length);
    this.#list.replaceChildren(...decisions.map(entry));
  }
}

function ask(values) {
  const one = values.get("decision").trim();
  if (one) return post("decisions.query", { decisionId: one });
  const visitor = values.get("visitor").trim();
  const asked = {
    visitor,
    site: visitor && values.get("site"), // the site says whose visitor is meant
    component: values.get("component").trim(),
    ...time(values),
  };
  return post("decisions.query", { ...given(asked), limit: MOST });
}

function sentence(found) {
  if (found === 0) {
    return "None found. What is decided by the request alone is nobody's, and not found by a visitor.";
  }
  if (found === MOST) return `The newest ${MOST}. Ask for an earlier time to see more.`;
  return found === 1 ? "One decision." : `${found} decisions, the newest first.`;
}

function entry(decision) {
  const when = element("time", "", new Date(decision.at).toLocaleString());
  when.dateTime = decision.at;
  const shown = decision.decisions.map((one) => `${one.component} → ${one.variant ?? "as in the page"}`);
  const summary = element("summary");
  summary.append(
    when,
    element("span", "mode", MODES[decision.mode] ?? decision.mode),
    element("span", "what", `${decision.page || "call"}: ${shown.join(", ")}`),
  );
  const details = element("details");
  const why = element("div", "why");
  details.append(summary, why);
  details.addEventListener("toggle", () => {
    if (details.open && !why.hasChildNodes()) explain(decision, why);
  });
  const row = element("li");
  row.append(details);
  return row;
}

async function explain(decision, target) {
  target.textContent = "asking …";
  try {
    const explained = await post("decisions.explain", { decisionId: decision.decisionId });
    target.replaceChildren(...explanation(decision, explained));
  } catch (failure) {
    target.replaceChildren(element("p", "fault", failure.message));
  }
}

function explanation(decision, explained) {
  const parts = [element("p", "", `Rests on ${explained.basis}.`)];
  parts.push(...explained.components.flatMap(component));
  if (explained.noCounterfactuals) {
    parts.push(element("p", "hint", `What would have turned it is not known: ${explained.noCounterfactuals}.`));
  }
  parts.push(signals(explained.signals), colophon(decision));
  return parts;
}

function component(one) {
  const title = element("h3", "", `${one.component}: ${one.variant ?? "as in the page"}`);
  const because = element("ul");
  because.append(...one.because.map((text) => element("li", "", text)));
  if (one.propensity < 1) {
    because.append(element("li", "", `it was drawn by lot, with a chance of ${percent.format(one.propensity)}`));
  }
  if (one.counterfactual) because.append(element("li", "turned", one.counterfactual.text));
  return [title, because];
}

function signals(read) {
  const names = Object.keys(read);
  const details = element("details");
  const list = element("dl", "signals");
  for (const name of names) {
    const value = read[name];
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    list.append(element("dt", "", name), element("dd", "", text));
  }
  details.append(element("summary", "", `Signals that were read (${whole.format(names.length)})`), list);
  return details;
}

function colophon(decision) {
  const said =
    `Decision ${decision.decisionId} · ${decision.profileId ? `profile ${decision.profileId}` : "nobody's"}` +
    ` · consent ${decision.consentVersion} · definitions ${decision.definitionsVersion.slice(0, 8)} · ${decision.millis} ms`;
  return element("p", "hint", said);
}
