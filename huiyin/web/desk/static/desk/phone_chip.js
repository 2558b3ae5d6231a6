/* <hy-phone-chip>: on every page of the desk, how the phone of this browser stands; a press opens its window, which stays
   open while pages come and go. What belongs to a state: <span data-phone="ready">; without a word for 3 s it is closed. */

import { onSaid, say } from "./phone_link.js";

const EVERY = 5_000, SILENCE = 12_000, FIRST = 700;
const TROUBLE = ["denied", "missing", "busy", "insecure", "refused"];

customElements.define("hy-phone-chip", class extends HTMLElement {
  connectedCallback() {
    this.heard = Date.now() - SILENCE + FIRST;
    this.end = onSaid(({ phone }) => phone && this.show(phone));
    this.timer = setInterval(() => this.look(), EVERY);
    this.querySelector("a").addEventListener("click", (click) => this.open(click));
    this.look();
    setTimeout(() => this.look(), FIRST);
  }

  disconnectedCallback() {
    this.end();
    clearInterval(this.timer);
  }

  look() {
    say({ ask: true });
    if (Date.now() - this.heard >= SILENCE) this.become("closed");
  }

  show({ line, call }) {
    this.heard = Date.now();
    if (call === "ringing") return this.become("ringing");
    if (["answering", "talking", "echo"].includes(call)) return this.become("busy");
    this.become(line === "ready" ? "ready" : TROUBLE.includes(line) ? "trouble" : "waiting");
  }

  become(state) {
    this.dataset.state = state;
    for (const one of this.querySelectorAll("[data-phone]")) one.hidden = one.dataset.phone !== state;
  }

  open(click) {
    const link = click.currentTarget, shape = "popup,width=400,height=760";
    const opened = open("", link.target, shape); // the one that is open comes to the front as it is, in mid-call too
    if (!opened) return; // the browser forbids it: follow the link
    click.preventDefault();
    if (opened.location.pathname !== new URL(link.href).pathname) opened.location = link.href;
    opened.focus();
  }
});
