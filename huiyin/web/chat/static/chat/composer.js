/* The box to write in. Enter sends (never while an input method is composing), Shift+Enter breaks the line. Nothing that
   is typed or pasted is cut off or lost: what is too long for a message can go as a file, a draft survives a reload. */

import { el, icon } from "./dom.js";
import { receive } from "./files.js";
import * as store from "./store.js";
import { fill } from "./words.js";

export class Composer {
  /* `send(text)` → whether it was taken; `files(list)`; `typing()`. */
  constructor(words, { send, files, typing }) {
    Object.assign(this, { words, send, files, limit: words.facts.longest });
    this.box = el("textarea", { rows: "1", "aria-label": words.write, placeholder: words.write, enterkeyhint: "send", value: store.get("draft") ?? "" });
    this.pick = el("input", { type: "file", multiple: true, hidden: true, accept: words.facts.file_types, onchange: () => this.picked() });
    this.clip = this.button("clip", words.attach, () => this.pick.click(), words.picture);
    this.go = this.button("send", words.send, () => this.submit());
    this.note = el("p", { class: "note", hidden: true, role: "alert" });
    this.row = el("div", { class: "row" }, this.clip, this.pick, this.box, this.go);
    this.node = el("form", { class: "composer", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.submit(); } }, this.note, this.row);
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("input", () => { this.changed(); typing(); });
    receive(this.node, files);
    this.changed();
  }

  get text() { return this.box.value.trim(); }

  button(shape, label, act, short = label) {
    return el("button", { type: "button", class: `do ${shape}`, "aria-label": label, title: label, onclick: act }, icon(shape), el("span", { class: "word", text: short, "aria-hidden": "true" }));
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  picked() {
    const files = [...this.pick.files];
    this.pick.value = "";
    this.files(files);
  }

  submit() {
    if (!this.text) return this.box.focus();
    if (this.text.length > this.limit || !this.send(this.text)) return undefined;
    return this.put("");
  }

  put(text) {
    this.box.value = text;
    this.changed();
  }

  changed() {
    const { length } = this.text;
    if (length <= 100_000) store.put("draft", this.box.value); // more than that would crowd out the page's own things
    this.box.style.setProperty("height", "auto");
    this.box.style.setProperty("height", `${Math.min(this.box.scrollHeight, 140)}px`);
    this.say(length > this.limit ? fill(this.words.too_long, { n: length, limit: this.limit }) : "");
  }

  /* One line above the box; for a text that is too long, the way out. */
  say(text) {
    const isLong = this.text.length > this.limit;
    if (this.said === text) return;
    this.said = text;
    this.note.hidden = !text;
    this.note.replaceChildren(text, ...(isLong ? [" ", el("button", { type: "button", class: "quiet", onclick: () => this.asFile(), text: this.words.as_file })] : []));
  }

  asFile() {
    this.files([new File([this.text], this.words.as_file_name, { type: "text/plain" })]);
    this.put("");
    this.box.focus();
  }
}
