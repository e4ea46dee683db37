// Forms that ask the server something about a time.

const HOUR_MILLIS = 3600000;

/** A form that asks. The answer to what it asked last is shown, or what went wrong with that. */
export class Question {
  #form;
  #fault;
  #ask;
  #screen;
  #turn = 0;

  /**
   * @param ask is given the values of the form, and promises an answer
   * @param screen shows an answer, and forgets what it showed
   */
  constructor(form, ask, screen) {
    this.#form = form;
    this.#fault = form.querySelector(".fault");
    this.#ask = ask;
    this.#screen = screen;
    offerTimes(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
  }

  async ask() {
    const turn = ++this.#turn;
    this.#form.setAttribute("aria-busy", "true");
    try {
      const answer = await this.#ask(new FormData(this.#form));
      if (turn !== this.#turn) return;
      this.#fault.textContent = "";
      this.#screen.show(answer);
    } catch (failure) {
      if (turn !== this.#turn) return;
      this.#fault.textContent = failure.message;
      this.#screen.forget();
    } finally {
      if (turn === this.#turn) this.#form.removeAttribute("aria-busy");
    }
  }

  /** Forgets what was asked, also what is still on its way. */
  reset() {
    this.#turn++;
    this.#form.reset();
    this.#form.elements.hours.dispatchEvent(new Event("change"));
    this.#form.removeAttribute("aria-busy");
    this.#fault.textContent = "";
    this.#screen.forget();
  }
}

/** Puts the choice of a time where the form wants it. */
function offerTimes(form) {
  const { content } = document.getElementById("times");
  form.querySelector(".times").append(content.cloneNode(true));
  const { hours, from, to } = form.elements;
  hours.addEventListener("change", () => {
    const between = hours.value === "";
    for (const input of [from, to]) {
      input.disabled = !between;
      input.closest("label").hidden = !between;
    }
    if (between && !from.value) from.value = local(Date.now() - 24 * HOUR_MILLIS);
  });
}

/** A time in the form of a datetime-local input. */
function local(millis) {
  const minutes = new Date(millis).getTimezoneOffset();
  return new Date(millis - minutes * 60000).toISOString().slice(0, 16);
}

/** The time that was chosen, as operations want it; what is left open is left out. */
export function time(values) {
  if (values.get("hours")) {
    return { from: new Date(Date.now() - values.get("hours") * HOUR_MILLIS).toISOString() };
  }
  return given({ from: instant(values.get("from")), to: instant(values.get("to")) });
}

function instant(text) {
  return text ? new Date(text).toISOString() : "";
}

/** Without what was left empty. */
export function given(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}
