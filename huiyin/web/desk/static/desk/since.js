/* <hy-since since now words="waits for you {time}" units="{count} s|{count} min">: a time that grows. */

import { Running } from "../ui/running.js";

customElements.define("hy-since", class extends Running {
  says(now) {
    const seconds = this.seconds(now), [small, big] = this.getAttribute("units").split("|");
    const time = seconds < 60 ? small.replace("{count}", seconds) : big.replace("{count}", Math.floor(seconds / 60));
    this.toggleAttribute("late", seconds >= 60);
    return this.getAttribute("words").replace("{time}", time);
  }
});
