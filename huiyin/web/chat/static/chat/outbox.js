/* What was written and has not arrived. It lies in the browser's store until the centre has it: a reload, a closed tab,
   a tunnel lose nothing. Each entry carries a client id, so that sending it again never doubles it. */

import { sleep } from "./dom.js";
import * as store from "./store.js";

const FIRST_WAIT = 800, LONGEST_WAIT = 30_000;

export class Outbox {
  /* `send(entry)` → what the centre answered, or Trouble; `arrived(entry, answer)`; `changed()`; `refused(entry, why)` →
     whether somebody else looks after it now. */
  constructor({ send, arrived, changed, refused }) {
    Object.assign(this, { send, arrived, changed, refused, isWaiting: false, wake: () => {} });
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  get entries() { return store.get("outbox") ?? []; }
  has(id) { return this.entries.some((entry) => entry.client_id === id); }

  put(entries) {
    store.put("outbox", entries);
    this.changed();
  }

  add(entry) {
    this.put([...this.entries, entry]);
    this.drain();
  }

  drop(id) { this.put(this.entries.filter((entry) => entry.client_id !== id)); }
  change(id, facts) { this.put(this.entries.map((entry) => (entry.client_id === id ? { ...entry, ...facts } : entry))); }

  retry(id) {
    this.change(id, { says: "" });
    this.now();
  }

  /* Something may have become better: try at once. */
  now() {
    this.wake();
    this.drain();
  }

  /* One tab sends at a time, in the order of writing. */
  async drain() {
    if (this.isRunning) return;
    this.isRunning = true;
    const run = () => this.sendAll();
    await (navigator.locks ? navigator.locks.request("huiyin-chat-outbox", run) : run()).catch(() => {});
    this.isRunning = false;
    if (this.next) this.drain();
  }

  get next() { return this.entries.find((entry) => !entry.says); }

  async sendAll() {
    for (let wait = FIRST_WAIT, entry; (entry = this.next);) {
      try {
        const answer = await this.send(entry);
        this.arrived(entry, answer);
        this.drop(entry.client_id);
        this.show(false);
        wait = FIRST_WAIT;
      } catch (trouble) {
        if (trouble.status === undefined) throw trouble; // a bug of ours, not the network's
        if (!trouble.passes) { this.refuse(entry, trouble.says); continue; }
        this.show(true, trouble.says);
        await this.pause(Math.max(wait * (0.5 + Math.random()), 1000 * trouble.retryAfter));
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  }

  refuse(entry, says) {
    this.show(false);
    if (this.refused(entry, says)) this.drop(entry.client_id);
    else this.change(entry.client_id, { says: says || "?" });
  }

  show(isWaiting, why = "") {
    if (this.isWaiting === isWaiting && this.why === why) return;
    Object.assign(this, { isWaiting, why });
    this.changed();
  }

  pause(ms) {
    return Promise.race([sleep(ms), new Promise((woken) => { this.wake = woken; })]);
  }
}
