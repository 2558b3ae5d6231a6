/* <hy-phone ws user password card="/desk/phone/card">: the phone of whoever works here, in a window of its own.

   Of all windows of this browser one registers: the one that holds the Web Lock. `line` says how it stands (loading,
   taken, denied, missing, busy, insecure, connecting, ready, lost, refused), `call` what is going on (none, ringing,
   answering, talking, echo). What belongs to a state stands on the page: <p data-when="line-lost call-ringing">. */

import { BUSY, GONE, Line } from "../ui/sip.js";
import { listen, measure, stop } from "../ui/microphone.js";
import { onSaid, say } from "./phone_link.js";
import { alone } from "./phone_lock.js";
import { quiet, ring } from "./ringing.js";

const WAS_IN = "huiyin-was-in-call", ECHO = "echo";
const BY_ITSELF = ["again", "back", "listen"]; // what the switchboard rings us for, and nobody needs to be asked

customElements.define("hy-phone", class extends HTMLElement {
  connectedCallback() {
    this.line = "loading";
    this.doing = "none";
    this.ending = [];
    this.addEventListener("click", ({ target }) => this.deeds[target.closest("[data-do]")?.dataset.do]?.());
    this.addEventListener("change", ({ target }) => target.matches("hy-devices select") && this.speak());
    onSaid((message) => this.hear(message));
    this.steal = alone("huiyin-phone", () => this.begin(), () => this.lose());
  }

  deeds = {
    answer: () => this.answer(),
    decline: () => this.call?.hangUp(BUSY),
    "hang-up": () => this.call?.hangUp(),
    echo: () => this.echo(),
    here: () => this.steal(),
    again: () => this.begin(),
  };

  /* --- the line --- */

  lose() {
    this.sip?.leave();
    this.sip = null;
    this.stand("taken");
  }

  async begin() {
    this.stand("loading");
    try {
      stop(await listen(this.devices?.microphone));
    } catch ({ reason }) {
      return this.stand(reason);
    }
    this.devices?.show();
    const [ws, user, password] = ["ws", "user", "password"].map((name) => this.getAttribute(name));
    this.sip ??= new Line({ ws, user, password, registers: true }, {
      state: (name) => this.stand(name), rings: (call) => this.rings(call),
    });
  }

  get devices() { return this.querySelector("hy-devices"); }

  /* --- what is going on --- */

  rings(call) {
    if (this.call) return call.hangUp(BUSY);
    this.take(call, "ringing", call.header("X-Huiyin-Call"));
    const kind = call.header("X-Huiyin-Kind");
    if (BY_ITSELF.includes(kind) || (this.no && sessionStorage.getItem(WAS_IN) === this.no)) return this.answer();
    this.look();
    ring("phone", this.dataset.rings, this.no);
  }

  take(call, doing, no = "") {
    Object.assign(this, { call, no });
    call.on = (what) => what === "talking" ? this.talks() : what === "over" && this.over();
    this.stand(this.line, doing);
  }

  async answer() {
    const call = this.call;
    if (this.doing !== "ringing" || !call) return;
    this.stand(this.line, "answering");
    quiet("phone");
    try {
      this.microphone = await listen(this.devices?.microphone);
    } catch ({ reason }) {
      call.hangUp(GONE);
      return this.stand(reason);
    }
    if (call.isOver) return stop(this.microphone);
    call.answer(this.microphone);
  }

  async echo() {
    if (this.call || this.line !== "ready") return;
    this.microphone = await listen(this.devices?.microphone);
    this.take(this.sip.call(ECHO, this.microphone), "echo");
  }

  talks() {
    if (this.no) sessionStorage.setItem(WAS_IN, this.no);
    this.stand(this.line, this.doing === "echo" ? "echo" : "talking");
    const speaker = this.querySelector("audio");
    speaker.srcObject = this.call.said;
    this.speak();
    speaker.play().catch(() => {});
    this.ending = [measure(this.microphone, this.querySelector("[data-mine]")), measure(this.call.said, this.querySelector("[data-theirs]"))];
  }

  over() {
    quiet("phone");
    if (!this.call.isLost) sessionStorage.removeItem(WAS_IN); // what rings again is answered without a press
    this.ending.splice(0).forEach((end) => end());
    stop(this.microphone);
    this.querySelector("[data-card]").replaceChildren();
    this.call = this.no = null;
    this.stand(this.line, "none");
  }

  speak() {
    const speaker = this.querySelector("audio"), chosen = this.devices?.speaker;
    if (chosen) speaker.setSinkId?.(chosen).catch(() => {});
  }

  /* --- what is seen --- */

  stand(line, doing = this.doing) {
    Object.assign(this, { doing, line });
    Object.assign(this.dataset, { line, call: doing });
    for (const one of this.querySelectorAll("[data-when]")) {
      one.hidden = !one.dataset.when.split(" ").some((when) => when === `line-${line}` || when === `call-${doing}`);
    }
    if (line === "ready" && doing === "ringing") this.querySelector("[data-do=answer]").focus();
    this.tell();
  }

  tell() { if (this.line !== "taken") say({ phone: { line: this.line, call: this.doing, no: this.no } }); }

  async look() {
    const no = this.no, answer = no && await fetch(`${this.getAttribute("card")}/${no}`, { headers: { "Huiyin-Element": "phone" } }).catch(() => null);
    if (answer?.ok && this.no === no) this.querySelector("[data-card]").innerHTML = await answer.text();
  }

  hear({ ask, answer, decline }) {
    if (ask) this.tell();
    if (this.line === "taken" || !this.call || ![answer, decline].includes(this.no)) return;
    if (decline) return this.call.hangUp(BUSY);
    say({ took: answer });
    this.answer();
  }
});
