/* <hy-talk data-live="talk:483102759164" no last url read-url token reader mark> <ol data-said> … <button data-below>
   The conversation: what came after `last` is fetched whenever its topic has news, and put below what is there; nothing
   that is being read moves. Whoever reads further up gets a pill instead. What the outbox holds stands at the end. */

import { draw, Outbox } from "./outbox.js";
import { tick } from "./ringing.js";

const NEAR = 80, TYPING = 6_000;

customElements.define("hy-talk", class extends HTMLElement {
  connectedCallback() {
    this.no = this.getAttribute("no");
    this.list = this.querySelector("[data-said]");
    this.pill = this.querySelector("[data-below]");
    this.scroller = this.closest("[data-scrolls]") ?? this;
    this.look = this.look.bind(this);
    this.outbox = new Outbox(this.no, (item) => this.post(item), () => this.showOutbox());
    this.addEventListener("live", this.look);
    document.addEventListener(`live:talk:${this.no}`, this.look);
    document.addEventListener(`live:typing:${this.no}.buyer`, () => this.showTyping());
    const back = () => { this.look(); this.outbox.flush(); };
    document.addEventListener("desk:back", back);
    addEventListener("online", back);
    document.addEventListener("visibilitychange", () => document.hidden || (this.look(), this.tellRead()));
    this.addEventListener("talk:send", ({ detail }) => { this.outbox.add(detail); this.toEnd(); });
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.pill.addEventListener("click", () => this.toEnd());
    this.addEventListener("click", (click) => this.clicked(click));
    this.addEventListener("load", () => this.wasAtEnd && this.toEnd(), true); // a picture has got its height
    this.toEnd();
    this.showOutbox();
    back();
  }

  get isAtEnd() { return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR; }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.scrolled();
  }

  scrolled() {
    this.wasAtEnd = this.isAtEnd;
    if (!this.wasAtEnd) return;
    this.below = 0;
    this.pill.hidden = true;
    this.tellRead();
  }

  look() {
    this.again = true;
    this.looking ??= this.fetchAll().finally(() => { this.looking = null; });
    return this.looking;
  }

  async fetchAll() {
    while (this.again) {
      this.again = false;
      const url = `${this.getAttribute("url")}?after=${this.getAttribute("last")}`;
      const answer = await fetch(url, { headers: this.headers }).catch(() => null);
      if (answer?.ok) this.take(await answer.json());
    }
  }

  take({ html, last, buyer_read: read, mark, more }) {
    const isAtEnd = this.isAtEnd;
    const told = Object.assign(document.createElement("template"), { innerHTML: html });
    const fresh = [...told.content.children].filter((one) => !one.id || !document.getElementById(one.id));
    this.list.append(...fresh);
    this.setAttribute("last", Math.max(last, Number(this.getAttribute("last"))));
    this.showRead(read);
    this.showOutbox();
    const theirs = fresh.filter((one) => one.matches(".buyer"));
    if (theirs.length) this.announce(theirs);
    if (isAtEnd) this.toEnd(); else this.showPill(theirs.length);
    if (mark !== this.getAttribute("mark")) this.stateChanged(mark);
    if (more) this.again = true;
  }

  /* Who talks, what it belongs to, what is owed: the head and the person are fetched again, the talk stays. The foot
     only when somebody else writes now; what stands in its field is kept. */
  stateChanged(mark) {
    const writer = (text) => text.split(" ")[0], before = this.getAttribute("mark");
    this.setAttribute("mark", mark);
    const follow = (name) => document.querySelectorAll(`[data-follows=${name}]`).forEach((part) => part.dispatchEvent(new CustomEvent("live")));
    follow("talk");
    if (writer(before) === writer(mark)) return;
    const field = document.querySelector("hy-composer textarea");
    if (field && !field.value) field.blur();
    follow("writer");
  }

  showPill(count) {
    this.below = (this.below ?? 0) + count;
    if (!this.below) return;
    this.pill.textContent = this.pill.dataset.words.replace("{count}", this.below);
    this.pill.hidden = false;
  }

  announce(theirs) {
    this.querySelector("[data-typing]").replaceChildren();
    tick(`talk-${this.no}`, this.dataset.who, theirs.at(-1).querySelector(".pre")?.textContent ?? "");
  }

  showTyping() {
    const line = this.querySelector("[data-typing]");
    line.textContent = line.dataset.words;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => { line.textContent = ""; }, TYPING);
  }

  showRead(upTo) {
    for (const one of this.list.querySelectorAll(".ours[data-seq]:not([data-read])")) {
      if (Number(one.dataset.seq) <= upTo) one.dataset.read = "";
    }
  }

  /* Read is what stands on the screen of whoever talks with them. */
  tellRead() {
    const last = Number(this.getAttribute("last"));
    if (!this.hasAttribute("reader") || document.hidden || !document.hasFocus() || !this.isAtEnd || last <= (this.told ?? 0)) return;
    this.told = last;
    const body = new URLSearchParams({ seq: last });
    fetch(this.getAttribute("read-url"), { method: "POST", body, headers: this.headers }).catch(() => { this.told = 0; });
  }

  get headers() { return { "X-CSRFToken": this.getAttribute("token"), "Huiyin-Element": "talk" }; }

  async post(item) {
    const body = new URLSearchParams(Object.entries(item.fields).concat([["client_id", item.client_id]]));
    const answer = await fetch(item.url, { method: "POST", body, headers: this.headers, signal: AbortSignal.timeout(15_000) });
    const said = await answer.json().catch(() => null);
    if (answer.ok) await this.look();
    return { status: answer.status, said };
  }

  showOutbox() {
    draw(this.outbox.items, this.querySelector("[data-outbox]"), this.querySelector("template[data-waiting]"), this.list);
    if (this.wasAtEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /* A refused one goes back to where it can be written differently. */
  clicked({ target }) {
    const id = target.closest("[data-back]")?.closest("[data-item]")?.dataset.item;
    const item = id && this.outbox.items.find((one) => one.client_id === id);
    if (!item) return;
    this.outbox.drop(id);
    document.dispatchEvent(new CustomEvent("talk:back", { detail: item.fields.text }));
  }
});
