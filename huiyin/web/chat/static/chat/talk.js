/* One conversation as this tab knows it: its state, what was said, what waits to be sent. Draws nothing; tells "change"
   (anything), "message" (a new one from the other side), "gone" (it cannot be opened any more), "unsigned". */

import { sleep } from "./dom.js";
import { follow } from "./follow.js";
import { History } from "./history.js";
import { outboxOf } from "./sending.js";
import * as store from "./store.js";
import { Tabs } from "./tabs.js";

const LONGEST_WAIT = 30_000, TYPING_SHOWS = 6_000, TYPING_EVERY = 3_000, READ_AFTER = 400, PAGE = 200;

export class Talk extends EventTarget {
  constructor(api) {
    super();
    this.api = api;
    this.outbox = outboxOf(this);
    store.watch((name) => {
      if (name === "talk" && store.get("talk")?.id !== this.id) this.resume();
      else if (["outbox", "seen"].includes(name)) this.tell();
    });
    this.resume();
  }

  get isOver() { return this.state.state === "ended"; }
  get isLeft() { return this.isOver && this.state.outcome === "left_message"; }
  get seen() { return Math.max(store.get("seen") ?? 0, this.state.buyer_read ?? 0); }
  get unread() { return this.history.after(this.seen); }
  tell(name = "change") { this.dispatchEvent(new Event(name)); }

  forget() {
    this.tabs?.end();
    clearTimeout(this.typingTimer);
    Object.assign(this, { id: "", state: {}, history: new History(), isLive: false, isTyping: false, tabs: null, isLoading: false });
    this.api.token = "";
  }

  /* The conversation this browser has, if it has one. */
  async resume() {
    this.forget();
    const { id, token } = store.get("talk") ?? {};
    if (id) {
      Object.assign(this, { id, isLoading: true });
      this.api.token = token;
      const lead = (signal) => follow(this, (news) => tabs.tell(news), signal);
      const tabs = (this.tabs = new Tabs(`huiyin-chat:${id}`, { lead, hear: (news) => id === this.id && this.hear(news) }));
      tabs.start();
    }
    this.tell();
    this.outbox.drain();
    if (id) await this.catchUp(id);
  }

  /* What was said while nobody listened here; asked for until it comes. */
  async catchUp(id) {
    for (let wait = 500; id === this.id && this.isLoading; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        const state = await this.api.call("GET", `/${id}`);
        await this.fetchNew(id);
        if (id === this.id) { Object.assign(this, { state, isLoading: false }); this.tell(); }
      } catch (trouble) {
        if (this.isGone(trouble)) return;
        await sleep(wait * (0.5 + Math.random()));
      }
    }
  }

  async fetchNew(id) {
    for (let more = true; more && id === this.id;) {
      const { messages } = await this.api.call("GET", `/${id}/messages?after=${this.history.whole}`);
      if (id === this.id) messages.forEach((message) => this.take(message, { isNext: true }));
      more = messages.length >= PAGE;
    }
  }

  isGone(trouble) {
    if (![401, 403, 404, 410].includes(trouble.status)) return false;
    this.leave();
    this.tell("gone");
    return true;
  }

  hear({ name, data }) {
    if (name === "message") this.take(data, { isNext: !this.isLoading }); // before, other tabs may be ahead of this one
    else if (name === "state") this.stand(data);
    else if (name === "read") this.state = { ...this.state, ...data };
    else if (name === "typing") this.showTyping(data.author !== "buyer");
    else if (name === "live") {
      if (data && !this.isLive) this.outbox.now();
      this.isLive = data;
    }
    this.tell();
  }

  /* What the stream says in passing is part of the whole; what an end means, and a new wait promises, is asked for. */
  stand(data) {
    const before = this.state.state, again = before === "talking" && data.state === "queued";
    this.state = { ...this.state, ...data };
    if (data.promises || !(again || (this.isOver && before !== "ended"))) return;
    this.api.call("GET", `/${this.id}`).then((whole) => whole.id === this.id && this.hear({ name: "state", data: whole })).catch(() => {});
  }

  showTyping(is) {
    this.isTyping = is;
    clearTimeout(this.typingTimer);
    if (is) this.typingTimer = setTimeout(() => { this.isTyping = false; this.tell(); }, TYPING_SHOWS);
  }

  /* `isNext`: it came in the order of numbers, so nothing is missing before it. */
  take(message, { isNext = false } = {}) {
    if (!(isNext ? this.history.follow(message) : this.history.take(message))) return;
    if (message.author === "buyer") return void (this.outbox.has(message.client_id) && this.outbox.drop(message.client_id));
    this.isTyping = false;
    if (!this.isLoading && message.seq > this.seen) this.tell("message");
  }

  typing() {
    if (!this.id || this.state.state !== "talking" || Date.now() - (this.typedAt ?? 0) < TYPING_EVERY) return;
    this.typedAt = Date.now();
    this.api.call("POST", `/${this.id}/typing`, {}).catch(() => {});
  }

  /* Somebody looks at it: what is there has been read. */
  look() {
    const seq = this.history.last;
    if (!this.id || seq <= this.seen) return;
    store.put("seen", seq);
    this.tell();
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => this.api.call("POST", `/${this.id}/read`, { seq }).catch(() => {}), READ_AFTER);
  }

  /* Something the buyer waits for. Throws Trouble. */
  async ask(verb, body = {}) {
    const state = await this.api.call("POST", `/${this.id}/${verb}`, body);
    if (state?.state) this.hear({ name: "state", data: state });
  }

  /* Wait no longer: it becomes a case. Throws Trouble. */
  async leaveMessage() {
    const answer = await this.api.call("POST", `/${this.id}/leave`, {});
    store.put("talk", { ...store.get("talk"), left: answer.left });
    this.hear({ name: "state", data: answer });
  }

  leave() {
    store.drop("talk", "seen");
    this.resume();
  }
}
