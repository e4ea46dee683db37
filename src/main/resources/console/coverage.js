// How much of what was served was personalized, and what stood in the way of the rest.

import { post } from "./calls.js";
import { Question, given, time } from "./question.js";
import { element, figure, percent, table, whole } from "./views.js";

/** The screen of coverage. */
export class Coverage {
  #said;
  #shown;
  #question;

  constructor(form, said, shown) {
    this.#said = said;
    this.#shown = shown;
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
    this.#shown.replaceChildren();
  }

  show({ coverage, causes }) {
    this.#said.textContent = sentence(coverage);
    this.#shown.replaceChildren(
      figures(coverage),
      shares("By page", "Slots served on each page.", "Page", coverage.byPage, "page"),
      shares("By component", "Slots served of each component.", "Component", coverage.byComponent, "component"),
      shares(
        "By segment",
        "Slots served to visitors known to be in it. Visitors who did not consent are in none.",
        "Segment",
        coverage.bySegment,
        "segment",
      ),
      reasons(causes),
    );
  }
}

async function ask(values) {
  const asked = { ...given({ site: values.get("site") }), ...time(values) };
  const [coverage, causes] = await Promise.all([
    post("insights.coverage", asked),
    post("insights.causes", asked),
  ]);
  return { coverage, causes };
}

function sentence({ slots, decisions, complete }) {
  if (slots.served === 0) return "Nothing was served in this time.";
  const said =
    `Of ${whole.format(slots.served)} slots that were served, ${whole.format(slots.personalized)}` +
    ` (${percent.format(slots.share)}) showed something that was chosen for the visitor.`;
  if (complete) return said;
  return `${said} There is more: only the newest ${whole.format(decisions)} decisions of this time are counted.`;
}

function figures({ slots, pages, decisions }) {
  const list = element("dl", "figures");
  list.append(
    figure("Slots personalized", share(slots), `${whole.format(slots.personalized)} of ${whole.format(slots.served)}`),
    figure("Pages with such a slot", share(pages), `${whole.format(pages.personalized)} of ${whole.format(pages.served)}`),
    figure("Decisions counted", whole.format(decisions)),
  );
  return list;
}

function share(of) {
  return of.share === undefined ? "—" : percent.format(of.share);
}

/** A number that is drawn as well. */
function bar(of) {
  const drawn = element("span", "bar-of");
  drawn.setAttribute("aria-hidden", "true");
  drawn.style.setProperty("--share", of.share ?? 0);
  const cell = element("td", "number share", share(of));
  cell.append(drawn);
  return cell;
}

function shares(title, hint, named, list, key) {
  const rows = list.map((one) => [
    one[key],
    element("td", "number", whole.format(one.served)),
    element("td", "number", whole.format(one.personalized)),
    bar(one),
  ]);
  return table(title, hint, [named, "Served", "Personalized", "Share"], rows);
}

function reasons({ causes, decisions, complete }) {
  const counted = complete
    ? `What each slot rests on, in all decisions of this time (${whole.format(decisions)}).`
    : `What each slot rests on, in the newest ${whole.format(decisions)} decisions of this time.`;
  const rows = causes.map((one) => [one.text, element("td", "number", whole.format(one.slots)), bar(one)]);
  return table("Why, or why not", counted, ["Reason", "Slots", "Share"], rows);
}
