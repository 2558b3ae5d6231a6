/* Times that run on the board: <hy-running since now> counts up from a moment, <hy-clock now> shows the time of the
   business. Figures only: words come from the page. */

import { Running } from "../ui/running.js";

const pad = (number) => String(number).padStart(2, "0");

function length(seconds) {
  const hours = Math.floor(seconds / 3600), minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

customElements.define("hy-running", class extends Running {
  says(now) { return length(this.seconds(now)); }
});

customElements.define("hy-clock", class extends Running {
  /* The offset stands at the end of `now`: 2026-11-22T12:00:00+08:00. */
  says(now) {
    const [, sign, hours, minutes] = this.getAttribute("now").match(/([+-])(\d\d):(\d\d)$/) ?? [0, "+", 0, 0];
    const there = new Date(now + (sign === "-" ? -1 : 1) * (hours * 60 + Number(minutes)) * 60_000);
    return `${pad(there.getUTCHours())}:${pad(there.getUTCMinutes())}`;
  }
});
