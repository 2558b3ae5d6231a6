/* What was said, drawn: one element per message, kept when its state changes; what is being read never jumps. */

import { el, icon, linked } from "./dom.js";
import { picture } from "./files.js";
import { fill } from "./words.js";

const NEAR = 80; // px from the end that still count as being there

export class Log {
  /* `retry(entry)`: try once more to send what was not taken. */
  constructor(talk, words, retry) {
    Object.assign(this, { talk, words, retry, drawn: new Map(), isAtEnd: true });
    this.list = el("ol", { class: "said" });
    this.typing = el("p", { class: "typing", hidden: true }, el("span", { class: "dots", "aria-hidden": "true" }), words.typing);
    this.scroll = el("div", { class: "log", role: "log", "aria-label": words.log, tabindex: "0", onscroll: () => this.scrolled() }, this.list, this.typing);
    this.pill = el("button", { class: "pill", type: "button", hidden: true, onclick: () => this.toEnd() }, icon("down"), words.new_below);
    this.node = el("div", { class: "log-box" }, this.scroll, this.pill);
    const sizes = new ResizeObserver(() => this.isAtEnd && this.toEnd()); // a picture was drawn, the keyboard came up
    [this.list, this.scroll].forEach((node) => sizes.observe(node));
  }

  /* Whoever has scrolled up is left where they are. */
  scrolled() {
    this.isAtEnd = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR;
    if (this.isAtEnd) this.pill.hidden = true;
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    Object.assign(this, { isAtEnd: true }).pill.hidden = true;
  }

  draw(uploads) {
    const before = this.drawn.size;
    const items = this.items(uploads), keys = new Set(items.map(({ key }) => key));
    for (const [key, { node }] of this.drawn) if (!keys.has(key)) { node.remove(); this.drawn.delete(key); }
    items.forEach((item, at) => this.place(item, at));
    this.typing.hidden = !this.talk.isTyping;
    if (this.isAtEnd) this.toEnd();
    else if (this.drawn.size > before) this.pill.hidden = false;
  }

  /* Messages with the day before the first of each, then what waits to be sent. */
  items(uploads) {
    const items = [];
    let day = "";
    for (const message of this.talk.history.list) {
      const its = this.words.day(message.at);
      if (its !== day) items.push({ key: `day ${its}`, day: (day = its) });
      items.push({ key: message.client_id || `seq ${message.seq}`, message });
    }
    const waiting = this.talk.outbox.entries.filter(({ client_id: id }) => !items.some(({ key }) => key === id));
    items.push(...waiting.map((entry) => ({ key: entry.client_id, entry })), ...uploads.map((upload) => ({ key: upload.client_id, upload })));
    const own = items.findLast(({ message }) => message?.author === "buyer");
    if (own) own.isLastOwn = true;
    return items;
  }

  place(item, at) {
    const mark = this.markOf(item), known = this.drawn.get(item.key);
    if (known?.mark !== mark) {
      const node = this.lineOf(item);
      if (known) known.node.replaceWith(node);
      this.drawn.set(item.key, { node, mark });
    }
    const { node } = this.drawn.get(item.key);
    if (this.list.children[at] !== node) this.list.insertBefore(node, this.list.children[at] ?? null);
  }

  /* What, when it changes, means drawing it again. */
  markOf({ message, entry, upload, isLastOwn, day }) {
    if (day) return day;
    if (message) return `seq ${message.seq}${isLastOwn ? this.stateOf(message) : ""}`;
    return upload ? `up ${upload.says ?? ""}` : `out ${entry.says ?? ""} ${this.talk.outbox.isWaiting}`;
  }

  stateOf({ seq }) { return seq <= (this.talk.state.agent_read ?? 0) ? this.words.read : this.words.sent; }

  lineOf({ day, message, entry, upload, isLastOwn }) {
    if (day) return el("li", { class: "day" }, el("span", { text: day }));
    if (upload) return this.bubble("mine", upload.node, upload.says ? this.failed(upload.says, upload) : null);
    if (entry) return this.waiting(entry);
    if (message.author === "system") return el("li", { class: "system" }, el("span", {}, ...linked(message.text)));
    const isMine = message.author === "buyer", who = isMine ? this.words.you : fill(this.words.agent, { no: message.agent_no ?? "" });
    const body = message.kind === "file" ? picture(this.talk, message, this.words) : el("p", {}, ...linked(message.text));
    const foot = el("span", { class: "foot" }, isMine ? "" : `${who} · `, el("time", { datetime: message.at, text: this.words.time(message.at) }),
      isMine && isLastOwn ? ` · ${this.stateOf(message)}` : null);
    return this.bubble(isMine ? "mine" : "theirs", [el("span", { class: "sr", text: `${who}: ` }), body], foot);
  }

  waiting(entry) {
    const { outbox } = this.talk;
    const says = outbox.isWaiting ? this.words.waiting : this.words.sending;
    const foot = entry.says ? this.failed(entry.says, { retry: () => this.retry(entry), drop: () => outbox.drop(entry.client_id) })
      : el("span", { class: "foot", text: says });
    return this.bubble("mine going", el("p", {}, ...linked(entry.text)), foot);
  }

  failed(says, { retry, drop }) {
    return el("span", { class: "foot bad" }, `${this.words.not_sent} ${says} `,
      el("button", { type: "button", class: "quiet", onclick: retry, text: this.words.again }), " ",
      el("button", { type: "button", class: "quiet", onclick: drop, text: this.words.discard }));
  }

  bubble(kind, body, foot) { return el("li", { class: kind }, el("div", { class: "bubble" }, body), foot); }
}
