/* Records a sentence with the microphone as a WAV file and puts it into the form's file field, as if it had been chosen
   there: whoever sends it has heard it before. */

import { listen, measure, stop } from "../ui/microphone.js";

const HEADER = 44;

/* 16 bit, one channel. */
function wav(pieces, rate) {
  const count = pieces.reduce((sum, one) => sum + one.length, 0);
  const view = new DataView(new ArrayBuffer(HEADER + count * 2));
  const word = (at, text) => [...text].forEach((sign, n) => view.setUint8(at + n, sign.charCodeAt(0)));
  word(0, "RIFF"); view.setUint32(4, HEADER - 8 + count * 2, true); word(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, rate, true); view.setUint32(28, rate * 2, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  word(36, "data"); view.setUint32(40, count * 2, true);
  let at = HEADER;
  for (const piece of pieces) for (const one of piece) {
    view.setInt16(at, Math.max(-1, Math.min(1, one)) * 32767, true);
    at += 2;
  }
  return new File([view], "recording.wav", { type: "audio/wav" });
}

class Take extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.show("idle");
    this.addEventListener("click", ({ target }) => {
      const what = target.closest("[data-do]")?.dataset.do;
      if (what === "record") this.record();
      if (what === "stop") this.finish();
    });
  }

  disconnectedCallback() { this.close(); }

  show(state) {
    this.dataset.state = state;
    this.querySelectorAll("[data-when]").forEach((one) => { one.hidden = !one.dataset.when.split(" ").includes(state); });
  }

  async record() {
    if (this.context || this.dataset.state === "starting") return;
    this.show("starting");
    try {
      this.stream = await listen();
      if (!this.isConnected) return this.close(); // the page went on while the browser asked
      this.context = new AudioContext();
      await this.context.audioWorklet.addModule(this.getAttribute("samples"));
    } catch (trouble) {
      this.close();
      this.show(trouble.reason ?? "busy");
      return;
    }
    if (!this.isConnected) return this.close();
    this.pieces = [];
    const source = this.context.createMediaStreamSource(this.stream), tap = new AudioWorkletNode(this.context, "samples");
    tap.port.onmessage = ({ data }) => this.pieces?.push(data);
    source.connect(tap);
    this.unmeasure = measure(this.stream, this.querySelector("meter"));
    const begun = performance.now(), clock = this.querySelector("[data-seconds]");
    this.timer = setInterval(() => {
      const seconds = (performance.now() - begun) / 1000;
      clock.textContent = Math.floor(seconds);
      if (seconds >= Number(this.getAttribute("most"))) this.finish();
    }, 200);
    this.show("recording");
    this.querySelector("[data-do=stop]").focus();
  }

  finish() {
    if (!this.pieces) return;
    const file = wav(this.pieces, this.context.sampleRate), chosen = new DataTransfer();
    this.close();
    chosen.items.add(file);
    document.querySelector(this.getAttribute("into")).files = chosen.files;
    const player = this.querySelector("audio");
    URL.revokeObjectURL(player.src);
    player.src = URL.createObjectURL(file);
    this.show("done");
  }

  close() {
    clearInterval(this.timer);
    this.unmeasure?.();
    stop(this.stream);
    this.context?.close();
    this.context = this.pieces = this.stream = this.unmeasure = null;
  }
}

customElements.define("hy-take", Take);
