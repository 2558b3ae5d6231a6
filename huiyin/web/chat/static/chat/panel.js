/* The chat itself: head, strip, opening or conversation, box. The same in the corner of a shop's page and as a page. */

import { Composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { Ending } from "./ending.js";
import { Uploads } from "./files.js";
import { Log } from "./log.js";
import { Menu } from "./menu.js";
import { Opening } from "./opening.js";
import { Questions } from "./questions.js";
import { say, start } from "./sending.js";
import * as store from "./store.js";
import { Strip } from "./strip.js";
import { fill } from "./words.js";

export class Panel {
  /* `close()` puts it away; without it (a page of its own) there is nothing to close. */
  constructor(talk, words, options, close) {
    Object.assign(this, { talk, words, options, isOpen: false });
    this.uploads = new Uploads(talk, words, () => this.draw());
    this.questions = new Questions(talk, words);
    this.strip = new Strip(talk, words, { urgent: () => this.questions.urgent(), call: () => this.questions.call(), leave: () => this.questions.leave() });
    this.log = new Log(talk, words, (entry) => this.retry(entry));
    this.opening = new Opening(words, options, (text) => { this.composer.put(text); this.composer.box.focus(); });
    this.ending = new Ending(talk, words, { home: options.home, again: () => this.again() });
    this.composer = new Composer(words, { send: (text) => this.send(text), files: (files) => this.take(files), typing: () => talk.typing() });
    this.menu = new Menu(talk, words, { big: (is) => this.node.classList.toggle("big", is), end: () => this.questions.end(), trouble: (trouble) => this.composer.say(trouble.says || words.not_now) });
    this.who = el("p", { class: "who" });
    const shut = close && el("button", { type: "button", class: "do close", "aria-label": words.close, title: words.close, onclick: close }, icon("close"), el("span", { class: "word", text: words.close, "aria-hidden": "true" }));
    this.head = el("header", {}, el("div", { class: "title" }, el("h1", { text: words.facts.shop }), this.who), this.menu.node, shut);
    this.skeleton = el("div", { class: "skeleton", hidden: true, "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.node = el("div", { class: `panel${store.get("big") ? " big" : ""}`, role: close ? "dialog" : "region", "aria-label": words.title, lang: words.facts.language === "en" ? "en" : "zh-Hans" },
      this.head, this.strip.node, this.strip.voice, this.opening.node, this.skeleton, this.log.node, this.ending.node, this.composer.node, this.questions.node);
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && this.escape(event, close));
    talk.addEventListener("change", () => this.soon());
    talk.addEventListener("back", () => this.back(talk.back));
    talk.addEventListener("gone", () => this.composer.say(words.gone));
    talk.addEventListener("unsigned", () => this.composer.say(words.unsigned));
    document.addEventListener("visibilitychange", () => this.look());
    this.draw();
  }

  /* Esc closes the innermost thing that is open. */
  escape(event, close) {
    event.stopPropagation();
    if (this.questions.isOpen) this.questions.close();
    else if (this.menu.isOpen) this.menu.close();
    else close?.();
  }

  soon() {
    if (this.isComing) return;
    this.isComing = true;
    queueMicrotask(() => { this.isComing = false; this.draw(); });
  }

  draw() {
    const { talk } = this, isBegun = Boolean(talk.id) || talk.outbox.entries.length > 0;
    const isEmpty = talk.isLoading && !talk.history.list.length && !talk.outbox.entries.length;
    this.opening.node.hidden = isBegun;
    this.log.node.hidden = !isBegun || isEmpty;
    this.skeleton.hidden = !isEmpty;
    this.composer.node.hidden = talk.isOver || talk.state.state === "wrap_up";
    this.who.textContent = this.holder();
    this.log.draw(this.uploads.list);
    this.strip.draw();
    this.ending.draw();
    if (talk.id) this.uploads.run();
    this.look();
  }

  holder() {
    const { state, agent_no: no } = this.talk.state;
    if (state === "talking" && no) return fill(this.words.serves, { no });
    return state === "queued" ? this.words.in_queue : this.words.title;
  }

  /* Whoever sees the end of it has read it. */
  look() { if (this.isOpen && !document.hidden && !this.talk.isLoading) this.talk.look(); }

  show(is) {
    this.isOpen = is;
    if (!is) return;
    this.draw();
    this.log.toEnd();
    const isTouch = matchMedia("(pointer: coarse)").matches; // there a keyboard would jump up over everything
    (isTouch ? this.opening.node.hidden ? this.log.scroll : this.opening.node.querySelector("h2") : this.composer.box).focus({ preventScroll: true });
  }

  send(text) {
    if (this.talk.id || this.talk.outbox.entries.length) return say(this.talk, text) ?? true;
    const facts = this.opening.facts();
    if (facts) start(this.talk, { ...facts, text });
    return Boolean(facts);
  }

  take(files) {
    if (this.composer.node.hidden || !files.length) return;
    const isBegun = this.talk.id || this.talk.outbox.entries.length;
    if (!isBegun && !this.send(this.words.sends_file)) return;
    this.uploads.add(files);
  }

  /* Words that were not taken stand in the box again, with the reason above. */
  back({ text, says }) {
    this.composer.put(text);
    this.composer.say(says || this.words.not_now);
    this.composer.box.focus();
  }

  /* After the end, words that did not go out begin another conversation. */
  retry({ client_id: id, text }) {
    const { talk } = this;
    if (!talk.isOver) return talk.outbox.retry(id);
    talk.outbox.drop(id);
    talk.leave();
    return this.composer.put(text);
  }

  again() {
    this.talk.leave();
    this.opening.node.querySelector("h2").focus();
  }
}
