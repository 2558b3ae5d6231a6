/* <hy-presence data-state="available" data-beat="/desk/beat" data-token="…"> … <p data-lost hidden> <p data-out hidden>
   The lease of this desk is renewed every 15 s while the agent is here. When the server has not answered for 30 s, the
   page says so: by then nothing is offered to this agent any more. `agent:…` news fetch the element again. While there is
   no stream of news (hy-live), each beat has the page look for itself, and after 10 s it says that it sees late. */

import { allowed, ask, isAsked, setSound, hasSound } from "./ringing.js";

const HERE = 15_000, AWAY = 60_000, LOST = 30_000, DEAF = 10_000;
const isLive = () => document.querySelector("hy-live")?.getAttribute("state") !== "polling";

customElements.define("hy-presence", class extends HTMLElement {
  static observedAttributes = ["data-state"];

  connectedCallback() {
    this.heard = this.lived = Date.now();
    this.worker ??= this.employ();
    this.watch = setInterval(() => this.look(), 1000);
    this.onBack = () => document.hidden || this.order();
    document.addEventListener("visibilitychange", this.onBack);
    addEventListener("online", this.onBack);
    this.addEventListener("change", (change) => change.target.name === "sound" && setSound(change.target.checked));
    this.addEventListener("click", (click) => click.target.closest("[data-ask]") && ask().then(() => this.offer()));
    this.addEventListener("keydown", (key) => this.choose(key));
    this.addEventListener("htmx:afterRequest", ({ detail }) => this.chosen(detail));
    this.addEventListener("toggle", () => this.opened(), true);
    this.order();
    this.offer();
  }

  disconnectedCallback() {
    clearInterval(this.watch);
    this.worker.terminate();
    document.removeEventListener("visibilitychange", this.onBack);
    removeEventListener("online", this.onBack);
  }

  attributeChangedCallback(name, before, now) {
    if (before !== null && before !== now && this.worker) this.order();
  }

  employ() {
    const worker = new Worker(new URL("./beat.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => this.hear(data);
    return worker;
  }

  order() {
    const { beat: url, token, state } = this.dataset;
    this.worker.postMessage({ url, token, every: state === "offline" ? AWAY : HERE });
  }

  hear({ status, state }) {
    this.say("out", status === 401 || status === 403);
    if (!status || status >= 500) return this.look();
    const wasLost = !this.part("lost").hidden;
    this.heard = Date.now();
    this.look();
    // The page shows something else than what is true: fetch this element, and after a silence everything.
    if (status === 200 && (state !== this.dataset.state || wasLost)) this.dispatchEvent(new CustomEvent("live"));
    if (wasLost || !isLive()) document.dispatchEvent(new CustomEvent("desk:back"));
  }

  look() {
    const silent = Date.now() - this.heard;
    const isLost = silent >= (this.dataset.state === "offline" ? AWAY + LOST : LOST);
    if (isLive()) this.lived = Date.now();
    this.say("deaf", !isLost && Date.now() - this.lived >= DEAF);
    this.say("lost", isLost);
    if (isLost) this.part("lost").querySelector("span").textContent = Math.floor(silent / 1000);
  }

  part(name) { return this.querySelector(`[data-${name}]`); }

  say(name, is) {
    const part = this.part(name);
    if (part && part.hidden === is) part.hidden = !is;
  }

  /* The digits choose a state while the menu is open. */
  choose(key) {
    const menu = this.querySelector("details");
    if (!menu?.open || key.target.matches("select, input:not([type=checkbox])")) return;
    const button = this.querySelectorAll("button[name=state]")[Number(key.key) - 1];
    if (button) { key.preventDefault(); button.click(); }
  }

  /* What was chosen stands in the header now; a refusal stays open to be read. */
  chosen({ successful, requestConfig }) {
    const menu = this.querySelector("details");
    if (!successful || requestConfig?.verb !== "post" || !menu.open) return;
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }

  opened() {
    const sound = this.querySelector("[name=sound]");
    if (sound) sound.checked = hasSound();
    this.offer();
  }

  /* Desktop notifications are offered where the agent chooses to be here, and never again once they have answered. */
  offer() { this.say("notify", this.dataset.state === "available" && !isAsked() && !allowed()); }
});
