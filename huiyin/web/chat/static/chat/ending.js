/* After the last word: what came of it, a rating, the record to keep, a new beginning. Also of a message that was left
   when nobody could come: its number, its PIN, by when a person answers. */

import { download, el } from "./dom.js";
import * as store from "./store.js";
import { fill } from "./words.js";

const grouped = (no) => no.replace(/(\d{4})(?=\d)/g, "$1\u00a0");

/* Gives the record of a conversation as a file. Throws Trouble. */
export async function keepRecord(talk, kind) {
  download(await talk.api.call("GET", `/${talk.id}/transcript.${kind}`, undefined, { as: "blob", patience: 60_000 }), `${talk.id}.${kind}`);
}

export class Ending {
  constructor(talk, words, { home, again }) {
    Object.assign(this, { talk, words, home, again });
    this.node = el("section", { class: "ending", hidden: true, "aria-label": words.ended });
  }

  draw() {
    const { state, isOver, isLoading } = this.talk;
    const isShown = (isOver || state.state === "wrap_up") && !isLoading;
    const mark = isShown ? JSON.stringify([this.talk.id, state.outcome, state.rating, state.case_no, state.promises?.length, state.state, store.get("talk")?.left]) : "";
    if (mark === this.mark) return;
    this.mark = mark;
    this.node.hidden = !isShown;
    if (isShown) this.node.replaceChildren(...(this.talk.isLeft ? this.left() : this.over()));
  }

  /* Nobody could come: it has become a case. */
  left() {
    const { words } = this, { case_no: no = this.talk.id, promises = [] } = this.talk.state;
    const pin = store.get("talk")?.left?.secret, says = this.troubles(), by = promises.find(({ state }) => state === "running")?.due;
    return [el("h2", { text: words.left }), by && el("p", { text: fill(words.left_by, { at: words.moment(by) }) }),
      el("dl", {}, el("dt", { text: words.number }), el("dd", { text: grouped(no) }), pin && el("dt", { text: words.pin }), pin && el("dd", { text: pin })),
      el("p", { class: "small", text: pin ? words.left_keep : words.left_contact }), this.record(says), says,
      el("div", { class: "pair" }, el("a", { class: "btn", href: `${this.home}/track`, target: "_blank", rel: "noopener", text: words.track }), this.beginAgain())].filter(Boolean);
  }

  over() {
    const { words } = this, { rating, next_step: step, next_by: by } = this.talk.state;
    const next = step && by ? fill(words.next_step, { step, at: words.moment(by) }) : "";
    const says = this.troubles();
    return [el("h2", { text: words.ended }), next && el("p", { text: next }), el("p", { class: "small", text: fill(words.ended_no, { no: grouped(this.talk.id) }) }),
      rating ? el("p", { class: "thanks", role: "status", text: words.thanks }) : this.rating(says),
      this.record(says), says,
      this.talk.isOver && this.beginAgain()].filter(Boolean);
  }

  troubles() { return el("p", { class: "note", role: "alert", hidden: true }); }

  record(says) {
    const { words } = this;
    const keep = (kind, text) => el("button", { type: "button", class: "quiet", text, onclick: () => keepRecord(this.talk, kind).catch((trouble) => this.say(says, trouble)) });
    return el("p", { class: "keep" }, words.keep_record, " ", keep("txt", words.as_text), " ", keep("pdf", words.as_pdf));
  }

  beginAgain() { return el("button", { type: "button", class: "btn ghost", onclick: this.again, text: this.words.begin_again }); }

  rating(says) {
    const { words } = this;
    const star = (text, at) => el("label", { class: "star" }, el("input", { type: "radio", name: "stars", value: String(at + 1), onchange: () => { words_box.hidden = send.hidden = false; } }), el("span", {}, el("b", { text: String(at + 1) }), el("span", { text })));
    const words_box = el("textarea", { rows: "2", maxlength: "1000", "aria-label": words.rate_words, placeholder: words.rate_words, hidden: true });
    const send = el("button", { class: "btn", text: words.rate_send, hidden: true });
    return el("form", { class: "rating", onsubmit: (event) => this.rate(event, words_box, says) },
      el("fieldset", {}, el("legend", { text: words.rate }), el("div", { class: "stars" }, words.ratings.map(star))), words_box, send);
  }

  async rate(event, box, says) {
    event.preventDefault();
    const stars = Number(new FormData(event.target).get("stars"));
    try {
      await this.talk.ask("rating", { rating: stars, words: box.value.trim() });
      this.talk.hear({ name: "state", data: { rating: stars } });
      this.node.focus();
    } catch (trouble) {
      this.say(says, trouble);
    }
  }

  say(line, trouble) {
    line.textContent = trouble.says || this.words.not_now;
    line.hidden = false;
  }
}
