/* <hy-caller ticket="/call/ticket" now="/call/now" token number="hotline">: calls the hotline from the browser. What
   belongs to a state stands on the page: <p data-when="menu waiting">; what is true meanwhile (position, who talks) comes
   from the server as words. Why it does not call: denied, missing, busy, insecure, refused, lost. */

import { listen, measure, stop } from "../ui/microphone.js";
import { Line } from "../ui/sip.js";
import { openChat } from "./moved.js";

const LOOK = 1500, LIVE = ["asking", "connecting", "menu", "waiting", "talking", "rating", "voicemail"], KEY = /^[0-9*#]$/;
const clock = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;

customElements.define("hy-caller", class extends HTMLElement {
  connectedCallback() {
    this.stand("idle");
    this.addEventListener("click", ({ target }) => {
      const { key } = target.closest("[data-key]")?.dataset ?? {};
      if (key) return this.press(key);
      this.deeds[target.closest("[data-do]")?.dataset.do]?.();
    });
    document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
      if (KEY.test(key) && !ctrlKey && !metaKey && !altKey && !target.matches("input, textarea")) this.press(key);
    });
    addEventListener("beforeunload", (leaving) => LIVE.includes(this.state) && leaving.preventDefault());
    addEventListener("pagehide", () => this.call?.hangUp());
  }

  deeds = { call: () => this.begin(), mute: () => this.mute(), "hang-up": () => this.hangUp(), chat: () => this.write() };

  async begin() {
    if (LIVE.includes(this.state)) return;
    this.isMoved = false;
    this.over("asking");
    try {
      this.microphone = await listen();
    } catch ({ reason }) {
      return this.stand(reason);
    }
    if (this.state !== "asking") return stop(this.microphone); // hung up meanwhile
    this.stand("connecting");
    const ticket = await this.ask(this.getAttribute("ticket"));
    if (this.state !== "connecting") return; // hung up meanwhile: a ticket that nobody uses is gone by itself
    if (!ticket?.user) return this.over(ticket?.says ? "refused" : "lost", ticket?.says);
    this.line = new Line({ ...ticket, registers: false }, {
      state: (name) => { if (this.state === "connecting" && !this.call) this.reached(name, ticket.number); },
    });
  }

  reached(name, number) {
    return name === "ready" ? this.dial(number) : name === "lost" && this.over("lost");
  }

  dial(number) {
    this.call = this.line.call(number, this.microphone);
    this.call.on = (what) => what === "talking" ? this.connected() : what === "over" && this.ended();
  }

  connected() {
    this.stand("menu");
    this.since = Date.now();
    const speaker = Object.assign(this.querySelector("audio"), { srcObject: this.call.said });
    speaker.play().catch(() => {});
    this.quiet = measure(this.call.said, this.querySelector("[data-theirs]"));
    this.ticking = setInterval(() => { this.part("clock").textContent = clock(Math.round((Date.now() - this.since) / 1000)); }, 500);
    this.looking = setInterval(() => this.look(), LOOK);
    this.look();
  }

  /* What the record says about this call: in which state, and in words how it stands. */
  async look() {
    const answer = await fetch(this.getAttribute("now")).catch(() => null), now = answer?.ok ? await answer.json() : null;
    if (!now?.state) return;
    if (now.moved && !this.isMoved) return this.write(); // also once the call is over: the chat waits for whoever called
    if (this.state === "over") return this.close(now);
    if (!this.since) return;
    if (this.state !== now.state && LIVE.includes(now.state)) this.stand(now.state);
    const words = this.part("words");
    if (words.textContent !== now.says) words.textContent = now.says;
  }

  /* Wait on in the chat, in the same place; the call is over then. */
  async write() {
    const chat = await this.ask(this.getAttribute("chat"));
    this.part("not-moved").textContent = chat?.says ?? "";
    this.isMoved = Boolean(chat?.token);
    if (!this.isMoved) return;
    this.over("over");
    openChat(chat, this.getAttribute("page"));
  }

  ended() {
    if (!this.since) return this.over(this.call.byUs ? "idle" : "lost");
    this.over("over");
    this.close({ says: "" });
    this.looking = setInterval(() => this.look(), LOOK);
    this.look();
  }

  /* What the record says of it in the end, which it does a moment later than we hear of it, and the number it has then. */
  close({ state, says, shown = "" }) {
    if (LIVE.includes(state)) return;
    clearInterval(this.looking);
    this.part("last").textContent = says;
    this.part("matter").hidden = !shown;
    this.part("matter").querySelector("span").textContent = shown;
  }

  over(state, says = "") {
    [this.ticking, this.looking].forEach(clearInterval);
    this.quiet?.();
    stop(this.microphone);
    this.line?.leave();
    Object.assign(this, { call: null, line: null, quiet: null, since: 0 });
    this.part("why").textContent = says;
    this.mute(false);
    this.stand(state);
  }

  hangUp() {
    if (this.call) return this.call.hangUp();
    this.over("idle");
  }

  press(key) {
    if (!this.call || !this.since) return;
    this.call.press(key);
    const button = this.querySelector(`[data-key="${CSS.escape(key)}"]`);
    button.dataset.pressed = "";
    setTimeout(() => delete button.dataset.pressed, 150);
  }

  mute(on = !this.isMuted) {
    this.isMuted = on;
    this.microphone?.getAudioTracks().forEach((track) => { track.enabled = !on; });
    this.querySelector("[data-do=mute]").setAttribute("aria-pressed", on);
    this.part("muted").hidden = !on;
  }

  part(name) { return this.querySelector(`[data-${name}]`); }

  async ask(url) {
    const body = new URLSearchParams({ number: this.getAttribute("number") }), headers = { "X-CSRFToken": this.getAttribute("token") };
    const answer = await fetch(url, { method: "POST", body, headers, keepalive: true }).catch(() => null);
    return answer?.json().catch(() => null);
  }

  stand(state) {
    this.state = this.dataset.state = state;
    for (const one of this.querySelectorAll("[data-when]")) one.hidden = !one.dataset.when.split(" ").includes(state);
  }
});
