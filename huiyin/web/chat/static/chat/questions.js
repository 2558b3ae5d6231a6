/* Short questions over the conversation: is it urgent and why; shall it end. Answered, or left with Esc. */

import { el } from "./dom.js";
import * as store from "./store.js";

export class Questions {
  constructor(talk, words) {
    Object.assign(this, { talk, words });
    this.node = el("section", { class: "question", hidden: true, role: "alertdialog", "aria-labelledby": "question" });
  }

  get isOpen() { return !this.node.hidden; }

  ask(title, fields, yes, act) {
    this.before = this.node.getRootNode().activeElement;
    const says = el("p", { class: "note", role: "alert", hidden: true });
    const submit = async (event) => {
      event.preventDefault();
      try {
        await act(event.target);
        this.close();
      } catch (trouble) {
        says.textContent = trouble.says || this.words.not_now;
        says.hidden = false;
      }
    };
    this.node.replaceChildren(el("form", { onsubmit: submit }, el("h2", { id: "question", text: title }), fields, says,
      el("div", { class: "pair" }, el("button", { type: "button", class: "btn ghost", onclick: () => this.close(), text: this.words.no }), el("button", { class: "btn", text: yes }))));
    this.node.hidden = false;
    this.node.querySelector("input, button").focus();
  }

  close() {
    this.node.hidden = true;
    if (this.before?.isConnected) this.before.focus();
  }

  urgent() {
    const { words } = this;
    const reasons = Object.entries(words.urgent_reasons).map(([value, text]) =>
      el("label", { class: "tick" }, el("input", { type: "radio", name: "reason", value, required: true }), text));
    this.ask(words.why_urgent, [el("p", { class: "small", text: words.urgent_what }), el("fieldset", { "aria-label": words.why_urgent }, reasons)], words.mark_urgent,
      (form) => this.talk.ask("urgent", { reason: new FormData(form).get("reason") }));
  }

  leave() {
    this.ask(this.words.leave_sure, [el("p", { class: "small", text: this.words.leave_what })], this.words.leave, () => this.talk.leaveMessage());
  }

  /* HL5: called instead, from the same place. */
  call() {
    const { words } = this, { reach = "" } = store.get("contact") ?? {};
    const number = el("input", { type: "tel", name: "phone", required: true, maxlength: "32", autocomplete: "tel", value: reach.includes("@") ? "" : reach });
    this.ask(words.call_sure, [el("p", { class: "small", text: words.calls_keep }), el("label", {}, words.call_number, number)], words.call_me,
      () => this.talk.ask("call-back", { phone: number.value.trim() }));
  }

  end() {
    this.ask(this.words.end_sure, [el("p", { class: "small", text: this.words.end_what })], this.words.end, () => this.talk.ask("end"));
  }
}
