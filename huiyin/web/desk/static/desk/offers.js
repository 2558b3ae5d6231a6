/* <hy-offers data-live="agent:1024" topic="agent:1024" url="/desk/offers"><dialog>…<div data-cards></div></dialog></hy-offers>
   What the router offers to this agent, in every tab and on every device. The dialog never takes the keyboard away from
   somebody who types; else Enter accepts. What ended elsewhere says so and goes by itself. */

import { answerByPhone, say } from "./phone_link.js";
import { quiet, ring } from "./ringing.js";

const STAYS = 8_000, REFLEX = 400;
const isTyping = () => document.activeElement?.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

customElements.define("hy-offers", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.cards = this.querySelector("[data-cards]");
    this.look = this.look.bind(this);
    this.addEventListener("live", this.look);
    document.addEventListener(`live:${this.getAttribute("topic")}`, this.look); // at once, and in hidden tabs too
    document.addEventListener("desk:back", this.look);
    document.addEventListener("keydown", (key) => this.press(key));
    this.addEventListener("submit", (submit) => this.answer(submit));
    this.addEventListener("click", (click) => click.target.closest("[data-shut]") && this.drop(click.target.closest("[data-offer]")));
    this.dialog.addEventListener("cancel", (escape) => escape.preventDefault());
    this.look();
  }

  look() {
    this.again = true;
    this.looking ??= this.fetchAll().finally(() => { this.looking = null; });
  }

  async fetchAll() {
    while (this.again) {
      this.again = false;
      const answer = await fetch(this.getAttribute("url"), { headers: { "Huiyin-Element": "offers" } }).catch(() => null);
      if (answer?.ok) this.show(await answer.text());
    }
  }

  show(html) {
    const told = document.createElement("template");
    told.innerHTML = html;
    const [known, now] = [this.cards, told.content].map((where) => new Map([...where.querySelectorAll("[data-offer]")].map((card) => [card.dataset.offer, card])));
    for (const [id, card] of now) {
      if (card.dataset.state === "pending") known.has(id) || this.put(card);
      else if (known.get(id)?.dataset.state === "pending") this.end(known.get(id), card);
    }
    for (const [id, card] of known) now.has(id) || card.dataset.state !== "pending" || this.drop(card);
  }

  put(card) {
    card.shownAt = performance.now();
    this.cards.append(card);
    window.htmx?.process(card);
    ring(card.dataset.offer, card.dataset.title, card.dataset.body);
    const left = Date.parse(card.dataset.expires) - Date.parse(card.dataset.now);
    setTimeout(this.look, Math.max(0, left) + 300);
    if (!this.dialog.open) { this.before = document.activeElement; this.dialog.show(); }
    if (!isTyping()) card.querySelector("[data-accept]").focus();
  }

  /* Accepted in another window, expired, withdrawn: the words come from the server. */
  end(card, ended) {
    quiet(card.dataset.offer);
    const there = ended.querySelector("[data-go]")?.href;
    if (card.isAnsweredHere && there) {
      if (!card.isLeft) location.assign(there); // once: a second time would load the page anew under the hands of its reader
      card.isLeft = true;
      return;
    }
    const hadFocus = card.contains(document.activeElement);
    card.replaceWith(ended);
    if (hadFocus) ended.querySelector("[data-shut]")?.focus();
    setTimeout(() => this.drop(ended), STAYS);
  }

  drop(card) {
    if (!card?.isConnected) return;
    quiet(card.dataset.offer);
    const hadFocus = card.contains(document.activeElement);
    card.remove();
    const next = this.cards.querySelector("[data-accept]");
    if (next) { if (hadFocus) next.focus(); return; }
    if (this.cards.childElementCount) return;
    this.dialog.close();
    if (hadFocus && this.before?.isConnected) this.before.focus({ preventScroll: true });
  }

  press(key) {
    const accept = this.cards.querySelector("[data-offer][data-state=pending] [data-accept]");
    if (!accept || key.isComposing || key.ctrlKey || key.metaKey) return;
    if (key.code !== "KeyA" || !(key.altKey || !isTyping())) return;
    key.preventDefault();
    if (key.altKey) accept.closest("[data-offer]").shownAt = 0; // two keys at once are meant
    accept.click();
  }

  async answer(submit) {
    submit.preventDefault();
    const form = submit.target, card = form.closest("[data-offer]");
    // The Enter that was meant for something else a moment ago accepts nothing.
    if (this.busy || performance.now() - card.shownAt < REFLEX) return;
    this.busy = true;
    if (submit.submitter?.matches("[data-by-phone]")) return this.lift(card);
    if (card.dataset.call) say({ decline: card.dataset.call });
    const body = new URLSearchParams(new FormData(form, submit.submitter));
    const answer = await fetch(form.action, { method: "POST", body, headers: { "Huiyin-Element": "offers" } }).catch(() => null);
    const told = answer && (answer.ok || answer.status === 409) ? await answer.json().catch(() => null) : null;
    this.busy = false;
    if (told?.go) { quiet(card.dataset.offer); location.assign(told.go); return; }
    if (told?.done) return this.drop(card);
    this.say(card, told?.says);
    if (told) this.look();
  }

  /* A call is taken by the phone: what the switchboard then writes down comes as news of this offer. */
  async lift(card) {
    card.isAnsweredHere = await answerByPhone(card.dataset.call);
    this.busy = false;
    if (card.isAnsweredHere) return quiet(card.dataset.offer);
    this.say(card, card.querySelector("[data-says]").dataset.noPhone);
  }

  say(card, what) {
    const says = card.querySelector("[data-says]");
    says.textContent = what ?? says.dataset.lost;
    says.hidden = false;
  }
});
