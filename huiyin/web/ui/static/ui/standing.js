/* <hy-standing now="/call/standing" reloads>: what stands in it is shown while the hotline does not answer, and hidden as
   soon as it does. With `reloads` the page is loaded again then: it was written without a hotline. */

const EVERY = 5000;

customElements.define("hy-standing", class extends HTMLElement {
  connectedCallback() { this.timer = setInterval(() => document.hidden || this.look(), EVERY); }
  disconnectedCallback() { clearInterval(this.timer); }

  async look() {
    const answer = await fetch(this.getAttribute("now")).catch(() => null);
    if (!answer?.ok) return;
    const { on, says } = await answer.json();
    if (on && this.hasAttribute("reloads")) return location.reload();
    this.hidden = on;
    const words = this.querySelector("[data-says]");
    if (says && words && words.textContent !== says) words.textContent = says;
  }
});
