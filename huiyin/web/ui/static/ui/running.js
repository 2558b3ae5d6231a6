/* An element whose text runs with the server's clock: attribute `now` is that clock when the page was drawn, so a wrong
   one here does no harm. A kind of it says its text. */

export class Running extends HTMLElement {
  static observedAttributes = ["now", "since"];

  connectedCallback() { this.wind(); }
  disconnectedCallback() { clearTimeout(this.timer); }
  attributeChangedCallback() { if (this.isConnected) queueMicrotask(() => this.wind()); }

  /* Whole seconds since the moment in `since`. */
  seconds(now) { return Math.max(0, Math.floor((now - Date.parse(this.getAttribute("since"))) / 1000)); }

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
