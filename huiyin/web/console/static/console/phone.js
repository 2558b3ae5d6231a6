/* Trying the menu: a key fetches what comes next, its sentences are played one after the other. Without this script the
   keys are links and the sentences have their own players. */

const KEYS = "1234567890*#";

class Phone extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (click) => {
      const link = click.target.closest("a[href]");
      if (!link || click.ctrlKey || click.metaKey || click.shiftKey) return;
      click.preventDefault();
      this.go(link.href);
    });
    this.addEventListener("submit", (submit) => {
      submit.preventDefault();
      this.go(`${location.pathname}?${new URLSearchParams(new FormData(submit.target))}`);
    });
    this.onkey = (event) => this.key(event);
    document.addEventListener("keydown", this.onkey);
    this.onback = () => this.go(location.href, false);
    addEventListener("popstate", this.onback);
    this.play();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onkey);
    removeEventListener("popstate", this.onback);
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea, button")) return;
    const link = (KEYS.includes(event.key) || event.key === "Escape")
      && this.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(link.href);
  }

  async go(address, remember = true) {
    const asked = this.asked = new URL(address, location.href), part = new URL(asked);
    this.hush();
    part.searchParams.set("part", "phone");
    try {
      const answer = await fetch(part, { headers: { "Huiyin-Element": "phone" } });
      if (asked !== this.asked) return; // a later key was faster
      if (!answer.ok) throw new Error(answer.status);
      this.innerHTML = await answer.text();
    } catch {
      location.assign(asked);
      return;
    }
    if (remember) history.pushState(null, "", this.querySelector("[data-here]")?.dataset.here ?? asked);
    this.querySelector("input[name=digits]")?.focus();
    this.play();
  }

  hush() {
    this.querySelectorAll("audio").forEach((one) => one.pause());
  }

  /* A browser that lets no page sound before it is touched keeps the players for whoever wants to hear. */
  play() {
    const players = [...this.querySelectorAll("audio")];
    players.forEach((one, at) => one.addEventListener("ended", () => players[at + 1]?.play()));
    players[0]?.play().catch(() => {});
  }
}

customElements.define("hy-phone", Phone);
