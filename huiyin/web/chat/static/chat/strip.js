/* The strip under the head: what we owe now. In the queue the place and the time, as honest as the centre knows them;
   without a connection what is safe. What changes is told to screen readers once, not every second. */

import { el, ring } from "./dom.js";
import * as store from "./store.js";
import { duration, fill } from "./words.js";

const LONG = 120; // seconds; who waits that long is offered another way
const PATIENCE = 6_000; // a connection that is back before this is not worth a word

/* A contact as only its owner recognises it. */
const masked = (reach) => (reach.includes("@") ? reach.replace(/^(.).*@/, "$1***@") : reach.replace(/^(.{3}).*(.{4})$/, "$1****$2"));

export class Strip {
  /* `urgent()`, `call()` and `leave()` ask whether it is urgent, whether we shall call, whether to leave a message. */
  constructor(talk, words, { urgent, call, leave }) {
    Object.assign(this, { talk, words, urgent, call, leave, since: 0 });
    this.node = el("div", { class: "strip", hidden: true });
    this.voice = el("p", { class: "sr", role: "status" });
    setInterval(() => this.draw(), 1000);
  }

  draw() {
    const trouble = this.trouble();
    const { state } = this.talk.state;
    if (trouble) this.show("trouble", trouble, () => [el("p", { text: trouble })]);
    else if (state === "queued" && this.talk.state.callback) this.called();
    else if (state === "queued") this.queue();
    else this.show("", "", () => []);
  }

  trouble() {
    const { outbox, id, isLive, isLoading } = this.talk;
    if (outbox.isWaiting) return outbox.why || this.words.offline;
    const isFine = !id || isLive || (this.talk.isOver && !isLoading);
    this.since = isFine ? 0 : this.since || Date.now();
    if (!navigator.onLine && id && !this.talk.isOver) return this.words.offline_quiet;
    return this.since && Date.now() - this.since > PATIENCE ? this.words.reconnecting : "";
  }

  /* They will be called and need not wait here. */
  called() {
    const { words } = this, says = fill(words.calls_you, { number: this.talk.state.callback });
    this.show("queue", says, () => [el("div", {}, el("p", { class: "strong", text: says }), el("p", { class: "small", text: words.calls_keep }))]);
  }

  queue() {
    const { words } = this, { position, expected_wait_s: expected, is_measured: isMeasured, urgent } = this.talk.state;
    if (this.heardOf !== this.talk.state) this.heard(expected);
    const left = expected === null || expected === undefined ? null : Math.max(0, Math.round((this.due - Date.now()) / 1000));
    const nobody = left === null && this.promised();
    const place = nobody || (position > 1 ? fill(words.ahead, { n: position - 1 }) : position === 1 ? words.next : words.queued);
    const wait = nobody ? "" : this.wait(left, isMeasured);
    const { reach } = store.get("contact") ?? {}, stay = reach ? fill(words.may_leave, { contact: masked(reach) }) : words.stay;
    const isLong = left === null || left === 0 || left > LONG;
    const share = left === null ? 1 : left / Math.max(1, this.whole);
    const draw = () => [
      ring(share, left === null || !isMeasured ? "…" : this.clock(left), left === 0 || share <= 0.2 ? "amber" : ""),
      el("div", {}, el("p", { class: "strong", text: [place, wait].filter(Boolean).join(words.gap) }), el("p", { class: "small", text: stay }),
        el("p", { class: "small ways-out" }, urgent ? words.is_urgent : this.quiet(words.i_am_urgent, this.urgent), words.facts.calls_back && this.quiet(words.call_me, this.call), isLong && this.quiet(words.wait_no_longer, this.leave))),
    ];
    this.show("queue", [place, position !== this.told && wait].filter(Boolean).join(words.gap), draw, `${place}|${left}|${stay}|${urgent}`);
    this.told = position;
  }

  /* While nobody is here no place in the queue says anything: by when a person answers, as promised; empty once that
     time is over. */
  promised() {
    const { words } = this, { promises = [] } = this.talk.state;
    const { due } = promises.find(({ kind, state }) => kind === "first_answer" && state === "running") ?? {};
    return due && Date.parse(due) > words.now() ? fill(words.nobody_here, { at: words.moment(due) }) : "";
  }

  /* In words; seconds only of what is measured. */
  wait(left, isMeasured) {
    if (left === null) return this.words.nobody_free;
    if (left === 0) return this.words.slower;
    return fill(isMeasured ? this.words.about : this.words.guess, { wait: duration(this.words, isMeasured ? left : Math.max(60, left)) });
  }

  /* A new word of the centre about the wait: the time runs from now on. */
  heard(expected) {
    this.heardOf = this.talk.state;
    this.due = Date.now() + 1000 * (expected ?? 0);
    if (!this.whole || expected > this.whole) this.whole = expected ?? 0;
  }

  quiet(text, act) { return el("button", { type: "button", class: "quiet", onclick: act, text }); }
  clock(seconds) { return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`; }

  show(kind, aloud, draw, mark = aloud) {
    if (this.mark === kind + mark) return;
    if (!this.mark?.startsWith(kind) || kind !== "queue") this.whole = kind === "queue" ? this.whole : 0;
    this.mark = kind + mark;
    this.node.hidden = !kind;
    this.node.className = `strip ${kind}`;
    const held = this.node.contains(this.node.getRootNode().activeElement) && this.node.getRootNode().activeElement.textContent;
    this.node.replaceChildren(...draw());
    if (held) [...this.node.querySelectorAll("button")].find(({ textContent }) => textContent === held)?.focus();
    if (this.aloud !== aloud) this.voice.textContent = this.aloud = aloud;
  }
}
