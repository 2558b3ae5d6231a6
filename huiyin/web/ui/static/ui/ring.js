/* Keeps the promise ring of ui/ring.html running: started, due, now (the server's, so a wrong clock here does no harm),
   state (running | paused | broken | kept), label, units, patterns. Each second only in the last two minutes, else each
   minute; people who want less motion get ten seconds. Same figures as ui/ring.py. */

const DAY = 86_400, HOUR = 3_600, MINUTE = 60;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function short(seconds, units) {
  if (seconds >= DAY) return `${Math.floor(seconds / DAY)}${units[0]}`;
  if (seconds >= 10 * HOUR) return `${Math.floor(seconds / HOUR)}${units[1]}`;
  if (seconds >= HOUR) return `${Math.floor(seconds / HOUR)}${units[1]}${Math.floor((seconds % HOUR) / MINUTE)}${units[2]}`;
  return seconds >= MINUTE ? `${Math.floor(seconds / MINUTE)}${units[2]}` : `${seconds}${units[3]}`;
}

/* Milliseconds until the figure inside changes, so that no second is skipped. */
function untilNext(left) {
  const step = Math.abs(left) > 2 * MINUTE * 1000 ? MINUTE * 1000 : calm.matches ? 10_000 : 1000;
  return (left > 0 ? left % step : step + (left % step)) + 20;
}

customElements.define("hy-ring", class extends HTMLElement {
  static observedAttributes = ["now", "due", "state"];

  connectedCallback() { this.wind(); }
  disconnectedCallback() { clearTimeout(this.timer); }
  attributeChangedCallback() { if (this.isConnected) queueMicrotask(() => this.wind()); }

  /* Attributes are new (the page, or a morph): take the server's clock and go on from there. */
  wind() {
    this.skew = Date.parse(this.getAttribute("now")) - Date.now() || 0;
    this.tick();
  }

  tick() {
    clearTimeout(this.timer);
    if (!["running", "broken"].includes(this.getAttribute("state")) || !this.isConnected) return;
    const due = Date.parse(this.getAttribute("due")), started = Date.parse(this.getAttribute("started"));
    const left = due - Date.now() - this.skew;
    this.draw(Math.trunc(left / 1000), Math.round(100 * Math.min(1, Math.max(0, left / (due - started)))) || 0);
    this.timer = setTimeout(() => this.tick(), untilNext(left));
  }

  /* Hours above minutes: beside each other they would be too small to read. */
  lines(text) {
    const hour = this.getAttribute("units").split("|")[1], at = text.indexOf(hour) + hour.length;
    if (!text.includes(hour) || at === text.length) return [text];
    return [[text.slice(0, at), -5], [text.slice(at), 11]].map(([part, down]) => {
      const line = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
      line.setAttribute("x", 22);
      line.setAttribute("dy", down);
      line.textContent = part;
      return line;
    });
  }

  draw(left, percent) {
    const text = short(Math.abs(left), this.getAttribute("units").split("|"));
    const [running, overdue] = this.getAttribute("patterns").split("|");
    const isOver = left <= 0 || this.getAttribute("state") === "broken";
    this.setAttribute("tone", isOver ? "red" : percent <= 20 ? "amber" : "teal");
    this.querySelector(".ring-left").setAttribute("stroke-dasharray", `${percent} 100`);
    this.querySelector("text").replaceChildren(...this.lines(left < 0 ? `-${text}` : text));
    const words = (left < 0 ? overdue : running).replace("%s", text);
    this.querySelector("svg").setAttribute("aria-label", `${this.getAttribute("label")}, ${words}`);
  }
});
