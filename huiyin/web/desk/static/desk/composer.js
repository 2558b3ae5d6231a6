/* <hy-composer no check-url say-url canned-url token><form> … textarea … </form></hy-composer>, beside <hy-talk no>.
   Enter sends, Shift+Enter breaks the line, an unfinished word of an input method is left alone. The draft lies in
   localStorage until it is in the outbox. Before sending, the server's rules have a look (AI6, CP14): what they find is
   said once; Enter again sends it all the same. */

import { Canned } from "./canned.js";
import { Hints } from "./hints.js";

customElements.define("hy-composer", class extends HTMLElement {
  connectedCallback() {
    if (this.field) return;
    this.form = this.querySelector("form");
    this.field = this.querySelector("textarea");
    this.key = `huiyin-draft:talk:${this.getAttribute("no")}`;
    this.hints = new Hints(this.querySelector("[data-hints]"), this.getAttribute("check-url"), this.getAttribute("token"));
    this.canned = new Canned(this.querySelector("[data-canned]"), this.field, this.getAttribute("canned-url"), () => this.typed());
    this.field.value ||= localStorage.getItem(this.key) ?? "";
    this.isNote = sessionStorage.getItem(`${this.key}:note`) === "1" || this.hasAttribute("only-notes");
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (key) => this.press(key));
    this.form.addEventListener("submit", (submit) => { submit.preventDefault(); this.send(); }, true);
    this.addEventListener("change", (change) => { if (change.target.name === "internal") this.turn(change.target.value === "1"); });
    this.addEventListener("click", (click) => click.target.closest("[data-open-canned]") && this.openCanned());
    this.onBack = ({ detail }) => this.put([detail, this.field.value].filter(Boolean).join("\n"));
    this.onNote = () => { this.turn(!this.isNote); this.field.focus(); };
    document.addEventListener("talk:back", this.onBack);
    document.addEventListener("talk:note", this.onNote);
    this.turn(this.isNote);
    if (this.field.value) this.hints.look(this.field.value, this.isNote);
  }

  disconnectedCallback() {
    document.removeEventListener("talk:back", this.onBack);
    document.removeEventListener("talk:note", this.onNote);
  }

  turn(isNote) {
    this.isNote = isNote || this.hasAttribute("only-notes");
    this.toggleAttribute("note", this.isNote);
    sessionStorage.setItem(`${this.key}:note`, this.isNote && !this.hasAttribute("only-notes") ? "1" : "");
    for (const mode of this.querySelectorAll("[name=internal]")) mode.checked = (mode.value === "1") === this.isNote;
    const { toBuyer, toUs } = this.field.dataset;
    this.field.placeholder = this.isNote ? toUs : toBuyer;
    this.hints.look(this.field.value, this.isNote);
  }

  put(text) {
    this.field.value = text;
    this.typed();
    this.field.focus();
  }

  typed() {
    if (this.field.value) localStorage.setItem(this.key, this.field.value);
    else localStorage.removeItem(this.key);
    this.hints.look(this.field.value, this.isNote);
    this.canned.typed();
    if (!this.isNote && this.field.value) this.tellTyping();
  }

  /* At most every three seconds; only that somebody types, never what. */
  tellTyping() {
    if (Date.now() - (this.told ?? 0) < 3000) return;
    this.told = Date.now();
    const headers = { "X-CSRFToken": this.getAttribute("token"), "Huiyin-Element": "talk" };
    fetch(this.getAttribute("typing-url"), { method: "POST", headers }).catch(() => {});
  }

  press(key) {
    if (key.isComposing || key.keyCode === 229) return;
    if (this.canned.press(key)) return;
    if (key.altKey && key.code === "KeyP") { key.preventDefault(); this.hints.confirm(); }
    if (key.key === "Enter" && !key.shiftKey && !key.altKey) { key.preventDefault(); this.send(); }
    if (key.key === "Escape") this.field.blur();
  }

  openCanned() {
    this.field.focus();
    const isApart = /(?:^|\s)$/.test(this.field.value.slice(0, this.field.selectionStart));
    this.field.setRangeText(isApart ? "/" : " /", this.field.selectionStart, this.field.selectionEnd, "end");
    this.typed();
  }

  async send() {
    const text = this.field.value.trim();
    if (!text || this.isAsking) return;
    this.isAsking = true;
    const isClear = await this.hints.isClear(text, this.isNote);
    this.isAsking = false;
    if (!isClear || this.field.value.trim() !== text) return;
    const fields = { text, internal: this.isNote ? "1" : "", promise: this.hints.isPromised && !this.hints.isIdle(this.isNote) ? "1" : "" };
    this.talk.dispatchEvent(new CustomEvent("talk:send", { detail: { url: this.getAttribute("say-url"), fields } }));
    this.hints.forget();
    this.put("");
  }

  get talk() { return document.querySelector(`hy-talk[no="${this.getAttribute("no")}"]`); }
});
