/* <hy-heartbeat url token on><p hidden>You have been logged out…</p></hy-heartbeat>
   While the person is on duty an open desk says so each minute; without that the duty ends by itself after three. Off
   duty it only asks when the tab comes back, to notice in time that the login has ended. */

const EVERY = 60_000;

customElements.define("hy-heartbeat", class extends HTMLElement {
  connectedCallback() {
    this.beat();
    this.timer = setInterval(() => this.hasAttribute("on") && this.beat(), EVERY);
    this.onShown = () => document.hidden || this.beat();
    document.addEventListener("visibilitychange", this.onShown);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.onShown);
  }

  async beat() {
    const headers = { "X-CSRFToken": this.getAttribute("token"), "Huiyin-Element": "heartbeat" };
    const answer = await fetch(this.getAttribute("url"), { method: "POST", headers }).catch(() => null);
    if (answer) this.querySelector("p").hidden = answer.status !== 401;
  }
});
