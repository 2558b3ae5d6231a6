/* <hy-call-time since now>: how long a call has been going on, as a clock shows it. */

import { Running } from "../ui/running.js";

customElements.define("hy-call-time", class extends Running {
  says(now) {
    const seconds = this.seconds(now), two = (number) => String(number).padStart(2, "0");
    const minutes = Math.floor(seconds / 60);
    return minutes < 60 ? `${minutes}:${two(seconds % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
  }
});

/* A form of the bar that was sent and obeyed is closed, or it would stay, for what is typed is kept; one that was refused
   stays open with its words. Keys are pressed one after the other. */
document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig, serverResponse } }) => {
  const form = requestConfig?.elt, pop = form?.closest?.("#call-bar details");
  if (!pop || form.matches(".digits-form") || serverResponse.includes('class="said error"')) return;
  form.reset();
  pop.open = false;
});
