// What the shop's pages do with scripts on. Everything can be read, and ordered, without it.
(function () {
  "use strict";
  const nothing = () => undefined;
  const blocked = { track: nothing, identify: nothing, reset: nothing, flush: nothing, consent: () => Promise.reject(new Error("no tag")) };
  const mq = window.mq || blocked; // the shop works without it
  const find = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const euros = (amount) => "€" + amount;

  // ---- basket: kept in this tab only, because the visitor put something into it
  const BASKET = "shop.basket";
  const basket = () => {
    try {
      return JSON.parse(sessionStorage.getItem(BASKET)) || [];
    } catch (unavailable) {
      return [];
    }
  };
  const fill = (lines) => {
    try {
      if (lines.length) sessionStorage.setItem(BASKET, JSON.stringify(lines));
      else sessionStorage.removeItem(BASKET);
    } catch (unavailable) {
      return; // the order form without basket still works
    }
    count();
  };
  const total = (lines) => lines.reduce((sum, line) => sum + line.price * line.quantity, 0);

  function count() {
    const pieces = basket().reduce((sum, line) => sum + line.quantity, 0);
    all("[data-basket-count]").forEach((place) => {
      place.textContent = pieces;
      place.hidden = pieces === 0;
    });
  }

  // ---- product pages
  function product() {
    const shown = find("[data-product-id]");
    if (!shown) return;
    const { productId, name, category, price, image, url } = shown.dataset;
    const facts = { productId, name, category, price: Number(price), currency: "EUR", image, url };
    mq.track("Product Viewed", facts);
    find("[data-add]", shown).addEventListener("submit", (event) => {
      event.preventDefault();
      const lines = basket();
      const line = lines.find((other) => other.productId === productId);
      if (line) line.quantity += 1;
      else lines.push({ ...facts, quantity: 1 });
      fill(lines);
      mq.track("Product Added", { ...facts, quantity: 1 });
      find("[data-added]", shown).textContent = name + " is in your basket.";
    });
  }

  // ---- checkout
  function checkout() {
    const form = find("[data-checkout]");
    if (!form) return;
    const lines = basket();
    if (lines.length) {
      showOrder(lines);
      all("[data-single]", form).forEach((part) => (part.hidden = part.disabled = true));
      mq.track("Checkout Started", { total: total(lines), currency: "EUR", products: lines });
    }
    form.addEventListener("submit", () => {
      if (!basket().length) fill([chosen(form)]);
    });
  }

  function chosen(form) {
    const option = find("[name=product]", form).selectedOptions[0];
    const { name, category, price, image } = option.dataset;
    const quantity = Number(find("[name=quantity]", form).value) || 1;
    return { productId: option.value, name, category, price: Number(price), image, url: "/products/" + option.value, quantity };
  }

  function showOrder(lines) {
    const table = find("[data-order]");
    const body = find("tbody", table);
    lines.forEach((line) => {
      const row = body.insertRow();
      [line.name, line.quantity, euros(line.price * line.quantity)].forEach((text) => (row.insertCell().textContent = text));
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "link";
      remove.textContent = "Remove";
      remove.setAttribute("aria-label", "Remove " + line.name);
      remove.addEventListener("click", () => {
        fill(basket().filter((other) => other.productId !== line.productId));
        mq.track("Product Removed", line);
        mq.flush();
        location.reload();
      });
      row.insertCell().append(remove);
    });
    find("[data-total]", table).textContent = euros(total(lines));
    table.hidden = false;
  }

  function thanks() {
    const place = find("[data-thanks]");
    const lines = basket();
    if (!place || !lines.length) return;
    const orderId = "K" + Date.now().toString(36).toUpperCase();
    mq.track("Order Completed", { orderId, total: total(lines), currency: "EUR", products: lines });
    fill([]); // reloading the page orders nothing twice
    place.textContent = "Order " + orderId + ", " + euros(total(lines)) + ".";
  }

  // ---- signing in
  function login() {
    const form = find("[data-login]");
    if (!form) return;
    all("button", form).forEach((button) => (button.disabled = false));
    const told = find("[data-login-told]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = new FormData(form);
      const traits = {};
      ["company", "industry", "plan"].forEach((name) => given.get(name) && (traits[name] = given.get(name)));
      if (given.get("seats")) traits.seats = Number(given.get("seats"));
      mq.identify(given.get("customer").trim(), traits);
      mq.flush();
      told.textContent = "Signed in as customer " + given.get("customer").trim() + ".";
    });
    find("[data-logout]", form).addEventListener("click", () => {
      mq.reset();
      form.reset();
      told.textContent = "This page has forgotten who you are. Privacy choices also forgets the cookie.";
    });
  }

  // ---- consent
  const banner = find("#consent");
  const told = find("[role=status]", banner);
  const boxes = all("input[type=checkbox]", banner);
  let opener = null;

  function open(byVisitor) {
    banner.hidden = false;
    document.documentElement.classList.add("consent-open");
    told.textContent = "";
    if (byVisitor) find("h2", banner).focus();
  }

  function close() {
    banner.hidden = true;
    document.documentElement.classList.remove("consent-open");
    if (opener) opener.focus();
    opener = null;
  }

  const mark = (purposes) => boxes.forEach((box) => (box.checked = Boolean(purposes && purposes[box.name])));

  function choose(purposes) {
    mq.consent(purposes, "banner").then(close, () => {
      told.textContent = "Your choice could not be saved. Please try again; until then nothing about you is kept.";
    });
  }

  function consent() {
    const every = (value) => Object.fromEntries(boxes.map((box) => [box.name, value]));
    find("[data-consent=all]").addEventListener("click", () => choose(every(true)));
    find("[data-consent=needed]").addEventListener("click", () => choose(every(false)));
    find("[data-consent=some]").addEventListener("click", () => choose(Object.fromEntries(boxes.map((box) => [box.name, box.checked]))));
    all("[data-privacy-choices]").forEach((link) => {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        opener = link;
        open(true);
      });
    });
    document.addEventListener("mq:consent", (event) => mark(event.detail.purposes));
    banner.addEventListener("keydown", (event) => event.key === "Escape" && opener && close());
    mq.consent().then(
      (answer) => {
        mark(answer.purposes);
        const chose = answer.explicit === undefined ? answer.version > 0 : answer.explicit;
        if (!chose) open(false);
      },
      () => undefined, // no answer: nothing is kept, so there is nothing to ask
    );
  }

  [count, product, checkout, thanks, login, consent].forEach((part) => part());
  all(".waiting").forEach((part) => part.classList.remove("waiting"));
})();
