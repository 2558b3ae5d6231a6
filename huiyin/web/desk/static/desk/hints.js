/* What our rules say about a reply before it is sent: stock evasions and answers without a next step (AI6), and the
   commitment they recognise in it (CP14), which one key confirms. What is promised on the phone is written as a note. The
   words come from the server. */

const PAUSE = 350, PATIENCE = 700, UNHURRIED = 5000; // while somebody waits for it to go, and while they write

export class Hints {
  constructor(place, url, token) {
    Object.assign(this, { place, url, token });
    this.forget();
    place.addEventListener("click", (click) => click.target.closest("[data-promise]") && this.confirm());
  }

  forget() {
    clearTimeout(this.timer);
    this.asked = "";
    this.found = null; // what the rules said, and about which text
    this.warned = "";
    this.isPromised = false;
    this.show();
  }

  look(text, isNote) {
    clearTimeout(this.timer);
    if (this.isIdle(isNote) || !text.trim()) return this.forget();
    this.timer = setTimeout(() => this.ask(text.trim(), UNHURRIED), PAUSE);
  }

  get isSpoken() { return Boolean(this.place.closest("[spoken]")); } // may begin while the page is open

  isIdle(isNote) { return isNote && !this.isSpoken; }

  async ask(text, patience = PATIENCE) {
    this.asked = text;
    const headers = { "X-CSRFToken": this.token, "Huiyin-Element": "talk" };
    const options = { method: "POST", headers, body: new URLSearchParams({ text, note: this.isSpoken ? "1" : "" }), signal: AbortSignal.timeout(patience) };
    const answer = await fetch(this.url, options).catch(() => null);
    if (this.asked !== text) return; // meanwhile more was typed
    const found = answer?.ok ? await answer.json() : { hints: [], commitment: null };
    if (!found.commitment || found.commitment.says !== this.found?.commitment?.says) this.isPromised = false;
    this.found = { ...found, text };
    if (this.warned !== text) this.warned = "";
    this.show();
  }

  /* Whether it may go. What the rules mind is said once; the second Enter sends it all the same, and it is counted. */
  async isClear(text, isNote) {
    if (this.isIdle(isNote)) return true;
    clearTimeout(this.timer);
    if (this.found?.text !== text) await this.ask(text);
    if (!this.found?.hints.length || this.warned === text) return true;
    this.warned = text;
    this.show();
    return false;
  }

  confirm() {
    if (!this.found?.commitment) return;
    this.isPromised = !this.isPromised;
    this.show();
  }

  show() {
    const { hints = [], commitment = null } = this.found ?? {};
    this.place.querySelector("[data-minds]").replaceChildren(...hints.map((says) => {
      const line = document.createElement("p");
      line.textContent = says;
      return line;
    }));
    this.place.querySelector("[data-again]").hidden = !this.warned;
    const promise = this.place.querySelector("[data-promise]");
    promise.hidden = !commitment;
    promise.setAttribute("aria-pressed", this.isPromised);
    promise.querySelector("b").textContent = commitment?.says ?? "";
    this.place.toggleAttribute("data-warns", Boolean(this.warned));
  }
}
