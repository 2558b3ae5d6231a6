/* Before the first word: who is there, what it is usually about (the fix first), and what may help us, if they like. */

import { el, icon } from "./dom.js";
import * as store from "./store.js";
import { duration, fill } from "./words.js";

const PHONE = /^\+?[\d\s-]{6,20}$/;

export class Opening {
  /* `options`: what the page told us; `suggest(text)` puts words into the box. */
  constructor(words, options, suggest) {
    Object.assign(this, { words, options });
    const kept = store.get("contact") ?? {};
    this.name = this.field(words.your_name, { autocomplete: "name", maxlength: "60", value: kept.name ?? "" });
    this.reach = this.field(words.your_contact, { autocomplete: "email", maxlength: "120", value: kept.reach ?? "" });
    this.reason = el("select", { "aria-label": words.why_urgent }, el("option", { value: "", text: words.why_urgent }),
      Object.entries(words.urgent_reasons).map(([value, text]) => el("option", { value, text })));
    this.urgent = el("input", { type: "checkbox", onchange: () => this.pressed() });
    this.reason.hidden = true;
    this.says = el("p", { class: "note", role: "alert", hidden: true });
    this.node = el("div", { class: "opening" }, el("h2", { text: words.hello, tabindex: "-1" }), this.about(), this.presence(),
      !this.options.case && el("ul", { class: "ways" }, this.finder(), words.chips.map((text) => el("li", {}, el("button", { type: "button", onclick: () => suggest(text), text })))),
      this.more(kept), this.says);
  }

  /* What it is about, where the page knows: then we also know where to reach them. */
  about() { return this.options.caseNo && el("p", { class: "small", text: fill(this.words.about_case, { no: this.options.caseNo }) }); }

  presence() {
    const { facts, ...words } = this.words;
    if (!facts.is_here) return el("p", { class: "here", text: facts.closed_words });
    const wait = facts.expected_wait_s;
    return el("p", { class: "here" }, el("span", { class: "dot", "aria-hidden": "true" }),
      wait === null || wait === undefined ? words.here : fill(words.here_wait, { wait: duration(words, wait) }));
  }

  finder() {
    const { home, order } = this.options;
    const href = order ? `${home}/o#${encodeURIComponent(order)}` : `${home}/`;
    const lines = [el("b", { text: this.words.finder }), el("span", { class: "small", text: this.words.finder_why })];
    return el("li", {}, el("a", { class: "first", href, target: "_top" }, el("span", {}, lines), icon("down")));
  }

  more({ name, reach }) {
    const urgent = el("label", { class: "tick" }, this.urgent, this.words.urgent);
    const details = el("details", {}, el("summary", { text: this.words.more_about_you }), el("p", { class: "small", text: this.words.why_contact }), this.label(this.words.your_contact, this.reach), this.label(this.words.your_name, this.name));
    if (name || reach || !this.words.facts.is_here) details.setAttribute("open", "");
    return el("div", { class: "more" }, !this.options.case && details, urgent, this.reason);
  }

  field(label, facts) { return el("input", { type: "text", "aria-label": label, oninput: () => this.say(""), ...facts }); }
  label(text, field) { return el("label", {}, text, field); }

  pressed() {
    this.reason.hidden = !this.urgent.checked;
    if (this.urgent.checked) this.reason.focus();
  }

  say(text, field) {
    this.says.textContent = text;
    this.says.hidden = !text;
    field?.focus();
  }

  /* What goes with the first words; null when something must be put right first, and it says what. */
  facts() {
    const reach = this.options.case ? "" : this.reach.value.trim(), name = this.name.value.trim();
    const kind = reach.includes("@") ? "email" : PHONE.test(reach) ? "phone" : "";
    if (reach && !kind) return this.say(this.words.contact_unreadable, this.reach) ?? null;
    if (this.urgent.checked && !this.reason.value) return this.say(this.words.why_urgent_missing, this.reason) ?? null;
    store.put("contact", { name, reach });
    const { identity, order } = this.options;
    return {
      language: this.words.facts.language, page: (location.origin + location.pathname).slice(0, 200), elderly: Boolean(store.get("big")),
      contact: { ...(name && { name }), ...(kind && { [kind]: reach }) },
      ...(this.urgent.checked && { urgent: true, urgent_reason: this.reason.value }),
      ...(identity && { identity }), ...(order && { order_link: order }), ...(this.options.case && { case_link: this.options.case }),
    };
  }
}
