/* What else can be done: large print, a sound, the record, an end. A plain list that opens and closes. */

import { el, icon } from "./dom.js";
import { keepRecord } from "./ending.js";
import * as store from "./store.js";

export class Menu {
  /* `big(is)` changes the print; `end()` asks for the end; `trouble(trouble)` says what did not work. */
  constructor(talk, words, { big, end, trouble }) {
    Object.assign(this, { talk, words, trouble });
    this.big = this.tick("big", words.big, big);
    this.sound = this.tick("sound", words.sound);
    this.records = [this.item(words.record_text, () => this.keep("txt")), this.item(words.record_pdf, () => this.keep("pdf"))];
    this.end = this.item(words.end, end);
    this.list = el("ul", { class: "menu", hidden: true, id: "menu" }, [this.big, this.sound, ...this.records, this.end].map((button) => el("li", {}, button)));
    this.button = el("button", { type: "button", class: "do more", "aria-label": words.more, title: words.more, "aria-expanded": "false", "aria-controls": "menu", onclick: () => this.open(this.list.hidden) },
      icon("more"), el("span", { class: "word", text: words.more, "aria-hidden": "true" }));
    this.node = el("div", { class: "menu-box", onfocusout: ({ relatedTarget }) => this.node.contains(relatedTarget) || this.open(false) }, this.button, this.list);
  }

  get isOpen() { return !this.list.hidden; }

  item(text, act) { return el("button", { type: "button", text, onclick: () => { this.close(); act(); } }); }

  tick(name, text, changed = () => {}) {
    const button = el("button", { type: "button", role: "switch", "aria-checked": String(Boolean(store.get(name))), text });
    button.addEventListener("click", () => {
      store.put(name, !store.get(name));
      button.setAttribute("aria-checked", String(store.get(name)));
      changed(store.get(name));
    });
    return button;
  }

  open(is) {
    const { id, isOver, isLeft, state } = this.talk;
    this.records.forEach((button) => { button.parentNode.hidden = !id || isLeft; });
    this.end.parentNode.hidden = !id || isOver || state.state === "wrap_up";
    this.list.hidden = !is;
    this.button.setAttribute("aria-expanded", String(is));
  }

  close() {
    this.open(false);
    this.button.focus();
  }

  keep(kind) { keepRecord(this.talk, kind).catch(this.trouble); }
}
