/* <hy-devices>: which microphone and which loudspeaker, kept in this browser; with a bar that moves when one speaks. */

import { devices, listen, measure, stop } from "../ui/microphone.js";

const KEPT = "huiyin-devices";
const kept = () => JSON.parse(localStorage.getItem(KEPT) ?? "{}");

customElements.define("hy-devices", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", ({ target }) => this.keep(target));
    this.querySelector("details")?.addEventListener("toggle", ({ target }) => target.open ? this.try() : this.rest());
    navigator.mediaDevices?.addEventListener("devicechange", () => this.show());
  }

  disconnectedCallback() { this.rest(); }

  get microphone() { return kept().audioinput ?? ""; }
  get speaker() { return kept().audiooutput ?? ""; }

  async show() {
    for (const choice of this.querySelectorAll("select")) {
      const known = await devices(choice.name);
      const options = known.map(({ deviceId, label }, at) => new Option(label || `${choice.dataset.word} ${at + 1}`, deviceId));
      choice.replaceChildren(...options);
      choice.closest("label").hidden = !known.length;
      if (known.some(({ deviceId }) => deviceId === kept()[choice.name])) choice.value = kept()[choice.name];
    }
  }

  keep({ name, value }) {
    localStorage.setItem(KEPT, JSON.stringify({ ...kept(), [name]: value }));
    if (this.end && name === "audioinput") this.rest().try();
  }

  async try() {
    const stream = await listen(this.microphone).catch(() => null);
    if (!stream) return;
    const quiet = measure(stream, this.querySelector("meter"));
    this.end = () => { quiet(); stop(stream); };
    this.show();
  }

  rest() {
    this.end?.();
    this.end = null;
    return this;
  }
});
