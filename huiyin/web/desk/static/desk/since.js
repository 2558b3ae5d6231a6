/* <hy-since at now words="waits for you {time}" units="{count} s|{count} min">: a time that grows, by the server's clock. */

customElements.define("hy-since", class extends HTMLElement {
  static observedAttributes = ["at", "now"];

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
    const seconds = Math.max(0, Math.floor((Date.now() + this.skew - Date.parse(this.getAttribute("at"))) / 1000));
    const [small, big] = this.getAttribute("units").split("|");
    const text = seconds < 60 ? small.replace("{count}", seconds) : big.replace("{count}", Math.floor(seconds / 60));
    this.toggleAttribute("late", seconds >= 60);
    this.textContent = this.getAttribute("words").replace("{time}", text);
    this.timer = setTimeout(() => this.tick(), seconds < 60 ? 1000 : 10_000);
  }
});
