/* Times that run: <hy-running since now> counts up from a moment, <hy-clock now> shows the time of the business. `now` is
   the server's clock, so a wrong one here does no harm. Figures only: words come from the page. */

const pad = (number) => String(number).padStart(2, "0");

function length(seconds) {
  const hours = Math.floor(seconds / 3600), minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

class Running extends HTMLElement {
  static observedAttributes = ["now", "since"];

  connectedCallback() { this.wind(); }
  disconnectedCallback() { clearTimeout(this.timer); }
  attributeChangedCallback() { if (this.isConnected) queueMicrotask(() => this.wind()); }

  wind() {
    this.skew = Date.parse(this.getAttribute("now")) - Date.now() || 0;
    this.tick();
  }

  tick() {
    clearTimeout(this.timer);
    if (!this.isConnected) return;
    const now = Date.now() + this.skew, text = this.says(now);
    if (this.textContent !== text) this.textContent = text;
    this.timer = setTimeout(() => this.tick(), 1000 - (now % 1000) + 10);
  }
}

customElements.define("hy-running", class extends Running {
  says(now) { return length(Math.max(0, Math.floor((now - Date.parse(this.getAttribute("since"))) / 1000))); }
});

customElements.define("hy-clock", class extends Running {
  /* The offset stands at the end of `now`: 2026-11-22T12:00:00+08:00. */
  says(now) {
    const [, sign, hours, minutes] = this.getAttribute("now").match(/([+-])(\d\d):(\d\d)$/) ?? [0, "+", 0, 0];
    const there = new Date(now + (sign === "-" ? -1 : 1) * (hours * 60 + Number(minutes)) * 60_000);
    return `${pad(there.getUTCHours())}:${pad(there.getUTCMinutes())}`;
  }
});
